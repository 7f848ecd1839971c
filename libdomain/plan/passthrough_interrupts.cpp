// SPDX-License-Identifier: Apache-2.0
#include "libdomain/plan/passthrough_interrupts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <span>
#include <utility>

#include "libdomain/plan/fdt_address.hpp"
#include "libdomain/plan/interrupt_map.hpp"

namespace zeroth::plan {
namespace {

using Words = std::span<const std::uint32_t>;

/// More than a GIC has, extended ones included.
constexpr std::size_t kMostInterrupts = 2048;

constexpr std::array<const char*, 7> kGics{
    "arm,gic-v3",        "arm,gic-400",    "arm,cortex-a15-gic",  "arm,cortex-a7-gic",
    "arm,cortex-a9-gic", "qcom,msm-qgic2", "hisilicon,hip04-intc"};

bool is_gic(const HostNodes& host, std::size_t index) {
    for (const auto* gic : kGics)
        if (host.is_compatible(index, gic)) return true;
    return false;
}

/// The first on the way up that has `#interrupt-cells`; an `interrupt-parent` is the way up where
/// there is one (Devicetree Specification, 2.4).
std::optional<std::size_t> interrupt_parent(const HostNodes& host, std::size_t index) {
    // Such properties may lead in a circle.
    for (std::size_t steps = 0; steps < host.all().size(); ++steps) {
        const auto cells = cells_of(host.tree(), host.all()[index].offset, "interrupt-parent");
        if (cells.empty() && index == 0) return std::nullopt;
        const auto up = cells.empty() ? std::optional{host.all()[index].parent}
                                      : host.of_phandle(cells.front());
        if (!up) return std::nullopt;
        index = *up;
        if (!cells_of(host.tree(), host.all()[index].offset, "#interrupt-cells").empty())
            return index;
    }
    return std::nullopt;
}

class Reader {
public:
    Reader(const HostNodes& host, std::size_t index, std::vector<std::string>& obstacles)
        : host_{host}, index_{index}, obstacles_{obstacles} {}

    std::vector<Interrupt> read() {
        address_ = cells("reg");
        const auto extended = cells("interrupts-extended");
        if (!extended.empty()) {
            read_extended(extended);
        } else if (const auto own = cells("interrupts"); !own.empty()) {
            read_own(own);
        }
        return std::move(interrupts_);
    }

private:
    std::vector<std::uint32_t> cells(const char* property) const {
        return cells_of(host_.tree(), host_.all()[index_].offset, property);
    }

    /// Of one entry: with a GIC three cells, and with some a fourth that says of which CPUs a
    /// private interrupt is.
    std::size_t width_at(std::size_t parent) const {
        const auto width = cell_of(host_.tree(), host_.all()[parent].offset, "#interrupt-cells", 1);
        return is_gic(host_, parent) ? std::max(width, 3U) : std::max(width, 1U);
    }

    void read_extended(Words left) {
        for (std::size_t entries = 0; !left.empty() && entries < kMostInterrupts; ++entries) {
            const auto parent = host_.of_phandle(left.front());
            left = left.subspan(1);
            // What is not there does not say where the next begins, either.
            if (!parent) return tell_other_parent(parent);
            const auto width = width_at(*parent);
            if (left.size() < width) return tell("its interrupts end within an entry");
            arrive(*parent, left.first(width));
            left = left.subspan(width);
        }
    }

    void read_own(Words left) {
        const auto parent = interrupt_parent(host_, index_);
        if (!parent) return tell_other_parent(parent);
        const auto width = width_at(*parent);
        for (std::size_t entries = 0; !left.empty() && entries < kMostInterrupts; ++entries) {
            if (left.size() < width) return tell("its interrupts end within an entry");
            arrive(*parent, left.first(width));
            left = left.subspan(width);
        }
    }

    void arrive(std::size_t parent, Words specifier) {
        const auto line =
            follow_maps(host_, {parent, address_, {specifier.begin(), specifier.end()}});
        if (!line)
            tell(line.error().text());
        else if (is_gic(host_, line->node))
            add(line->specifier);
        else
            tell_other_parent(line->node);
    }

    /// The cells of one interrupt, as the GIC's binding has them: kind, number, trigger.
    void add(Words cells) {
        constexpr std::uint32_t kSpi = 0, kPpi = 1, kExtendedSpi = 2;
        constexpr std::uint32_t kFirstSpi = 32, kFirstExtendedSpi = 4096, kTrigger = 0xF;
        // A map may lead to a GIC that says of itself that less is enough.
        if (cells.size() < 3) {
            tell("its interrupts end within an entry");
        } else if (cells[0] == kSpi && cells[1] < 988) {
            interrupts_.push_back({cells[1] + kFirstSpi, cells[2] & kTrigger});
        } else if (cells[0] == kExtendedSpi && cells[1] < 1024) {
            interrupts_.push_back({cells[1] + kFirstExtendedSpi, cells[2] & kTrigger});
        } else if (cells[0] == kPpi) {
            tell(fmt::format("its interrupt {} is private to each CPU: no guest can have that",
                             cells[1] + 16ULL));
        } else {
            tell("one of its interrupts is of no kind that the GIC has");
        }
    }

    void tell_other_parent(std::optional<std::size_t> parent) {
        if (parent && !others_.insert(*parent).second) return;
        tell(parent
                 ? fmt::format("its interrupts go to {} and not to the GIC: Xen cannot route them",
                               host_.path(*parent))
                 : std::string{"its interrupts go to a node that is not there"});
    }

    void tell(std::string what) {
        if (told_.insert(what).second) obstacles_.push_back(std::move(what));
    }

    const HostNodes& host_;
    std::size_t index_;
    std::vector<std::uint32_t> address_;
    std::vector<std::string>& obstacles_;
    std::vector<Interrupt> interrupts_;
    std::set<std::size_t> others_;
    std::set<std::string> told_;
};

}  // namespace

std::vector<Interrupt> interrupts_of(const HostNodes& host, std::size_t index,
                                     std::vector<std::string>& obstacles) {
    return Reader{host, index, obstacles}.read();
}

}  // namespace zeroth::plan
