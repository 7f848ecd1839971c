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

}  // namespace

Needs needs_of(const HostNodes& host, std::size_t index) {
    return Collector{host, index}.collect();
}

}  // namespace zeroth::plan
