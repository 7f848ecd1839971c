// SPDX-License-Identifier: Apache-2.0
#include "libdomain/plan/passthrough_needs.hpp"

#include <fmt/format.h>

extern "C" {
#include <libfdt.h>
}

#include <algorithm>
#include <array>
#include <optional>

#include "libdomain/plan/fdt_address.hpp"

namespace zeroth::plan {
namespace {

/// Properties that hold phandles, each with cells of its own behind it.
struct Reference {
    const char *property, *cells, *what, *advice;
};
constexpr std::array<Reference, 7> kReferences{{
    {"clocks", "#clock-cells", "clock",
     "keep it on there (clk_ignore_unused on dom0's command line)"},
    {"resets", "#reset-cells", "reset line", "it has to be released before the guest starts"},
    {"power-domains", "#power-domain-cells", "power domain", "keep it on there"},
    {"dmas", "#dma-cells", "DMA channel", "a guest cannot have it: no DMA for this device"},
    {"phys", "#phy-cells", "PHY", "it has to be set up before the guest starts"},
    {"mboxes", "#mbox-cells", "mailbox", "the guest cannot use it"},
    {"interconnects", "#interconnect-cells", "interconnect", "keep it on there"},
}};
constexpr std::size_t kMostObstacles = 64;

std::vector<std::string> properties_of(const HostNodes& host, std::size_t index) {
    std::vector<std::string> names;
    int property = 0;
    fdt_for_each_property_offset(property, host.tree(), host.all()[index].offset) {
        const char* name = nullptr;
        if (::fdt_getprop_by_offset(host.tree(), property, &name, nullptr) != nullptr)
            names.emplace_back(name);
    }
    return names;
}

class Collector {
public:
    Collector(const HostNodes& host, std::size_t index) : host_{host}, index_{index} {}

    Needs collect() {
        for (const auto& reference : kReferences) follow(reference);
        for (const auto& name : properties_of(host_, index_)) {
            if (name.starts_with("pinctrl-")) pins(name);
            if (name.ends_with("-supply")) supply(name);
        }
        for (const char* name :
             {"assigned-clocks", "assigned-clock-rates", "assigned-clock-parents", "iommus",
              "iommu-map", "msi-parent", "dma-names", "reset-names", "phy-names",
              "power-domain-names", "interconnect-names"})
            needs_.dropped.insert(name);
        return std::move(needs_);
    }

private:
    std::vector<std::uint32_t> cells(const std::string& property) const {
        return cells_of(host_.tree(), host_.all()[index_].offset, property.c_str());
    }

    void tell(std::string what) {
        if (needs_.obstacles.size() < kMostObstacles) needs_.obstacles.push_back(std::move(what));
    }

    void follow(const Reference& reference) {
        const auto list = cells(reference.property);
        std::set<std::size_t> providers;
        bool all_come_along = true;
        for (std::size_t at = 0; at < list.size();) {
            if (list[at] == 0) {  // a place that is left empty
                ++at;
                continue;
            }
            const auto provider = host_.of_phandle(list[at]);
            if (!provider) {
                tell(fmt::format("its \"{}\" names a node that is not there", reference.property));
                all_come_along = false;
                break;
            }
            at += 1 + std::size_t{
                          cell_of(host_.tree(), host_.all()[*provider].offset, reference.cells, 0)};
            if (!providers.insert(*provider).second || host_.is_within(*provider, index_)) continue;
            if (host_.is_compatible(*provider, "fixed-clock")) continue;
            all_come_along = false;
            tell(fmt::format("it needs a {} of {}, which stays with dom0: {}", reference.what,
                             host_.path(*provider), reference.advice));
        }
        if (all_come_along)
            needs_.companions.insert(providers.begin(), providers.end());
        else
            needs_.dropped.insert(reference.property);
        if (!all_come_along && std::string_view{reference.property} == "clocks")
            needs_.dropped.insert("clock-names");
    }

    void pins(const std::string& name) {
        needs_.dropped.insert(name);
        if (name == "pinctrl-names") return;
        for (const auto phandle : cells(name))
            if (const auto group = host_.of_phandle(phandle))
                tell(fmt::format(
                    "it needs the pins of {} ({}), which dom0's kernel sets: leave them "
                    "as they are",
                    host_.path(*group), name));
    }

    void supply(const std::string& name) {
        needs_.dropped.insert(name);
        const auto list = cells(name);
        const auto regulator =
            list.empty() ? std::optional<std::size_t>{} : host_.of_phandle(list.front());
        if (!regulator) return;
        const char* always = "regulator-always-on";
        const auto offset = host_.all()[*regulator].offset;
        if (::fdt_getprop(host_.tree(), offset, always, nullptr) != nullptr) return;
        tell(fmt::format("it is fed by the regulator {} ({}): keep it on in dom0",
                         host_.path(*regulator), name));
    }

    const HostNodes& host_;
    std::size_t index_;
    Needs needs_;
};

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

/// The cells of one interrupt, as the GIC's binding has them: kind, number, trigger.
void add_interrupt(std::span<const std::uint32_t> cells, std::vector<Interrupt>& interrupts,
                   std::vector<std::string>& obstacles) {
    constexpr std::uint32_t kSpi = 0, kPpi = 1, kExtendedSpi = 2;
    constexpr std::uint32_t kFirstSpi = 32, kFirstExtendedSpi = 4096, kTrigger = 0xF;
    if (cells.size() < 3) {
        obstacles.emplace_back("its interrupts end within an entry");
    } else if (cells[0] == kSpi && cells[1] < 988) {
        interrupts.push_back({cells[1] + kFirstSpi, cells[2] & kTrigger});
    } else if (cells[0] == kExtendedSpi && cells[1] < 1024) {
        interrupts.push_back({cells[1] + kFirstExtendedSpi, cells[2] & kTrigger});
    } else if (cells[0] == kPpi) {
        obstacles.push_back(fmt::format(
            "its interrupt {} is private to each CPU: no guest can have that", cells[1] + 16ULL));
    } else {
        obstacles.emplace_back("one of its interrupts is of no kind that the GIC has");
    }
}

void tell_other_parent(const HostNodes& host, std::optional<std::size_t> parent,
                       std::vector<std::string>& obstacles) {
    if (parent && !cells_of(host.tree(), host.all()[*parent].offset, "interrupt-map").empty())
        return obstacles.push_back(
            fmt::format("its interrupts go through the interrupt-map of {}, which is not followed "
                        "here: what they are at the GIC has to be found by hand",
                        host.path(*parent)));
    obstacles.push_back(
        parent ? fmt::format("its interrupts go to {} and not to the GIC: Xen cannot route them",
                             host.path(*parent))
               : std::string{"its interrupts go to a node that is not there"});
}

}  // namespace

Needs needs_of(const HostNodes& host, std::size_t index) {
    return Collector{host, index}.collect();
}

std::vector<Interrupt> interrupts_of(const HostNodes& host, std::size_t index,
                                     std::vector<std::string>& obstacles) {
    std::vector<Interrupt> interrupts;
    const auto offset = host.all()[index].offset;
    const auto extended = cells_of(host.tree(), offset, "interrupts-extended");
    std::set<std::optional<std::size_t>> told;
    for (std::span<const std::uint32_t> left{extended}; !left.empty();) {
        const auto parent = host.of_phandle(left.front());
        left = left.subspan(1);
        const std::size_t count =
            parent ? cell_of(host.tree(), host.all()[*parent].offset, "#interrupt-cells", 1) : 0;
        if (parent && is_gic(host, *parent))
            add_interrupt(left.first(std::min<std::size_t>(3, left.size())), interrupts, obstacles);
        else if (told.insert(parent).second)
            tell_other_parent(host, parent, obstacles);
        left = left.subspan(std::min(parent ? count : left.size(), left.size()));
    }
    if (!extended.empty()) return interrupts;
    const auto own = cells_of(host.tree(), offset, "interrupts");
    if (own.empty()) return interrupts;
    const auto parent = interrupt_parent(host, index);
    if (!parent || !is_gic(host, *parent)) {
        tell_other_parent(host, parent, obstacles);
        return interrupts;
    }
    // Three cells an interrupt, and with some a fourth that says of which CPUs a private one is.
    const auto count = std::max<std::size_t>(
        3, cell_of(host.tree(), host.all()[*parent].offset, "#interrupt-cells", 3));
    for (std::span<const std::uint32_t> left{own}; !left.empty();
         left = left.subspan(std::min(count, left.size())))
        add_interrupt(left.first(std::min<std::size_t>(3, left.size())), interrupts, obstacles);
    return interrupts;
}

}  // namespace zeroth::plan
