// SPDX-License-Identifier: Apache-2.0
#include "libdomain/plan/host_tree.hpp"

#include <fmt/format.h>

extern "C" {
#include <libfdt.h>
}

#include <array>
#include <string>

#include "libdomain/plan/fdt_address.hpp"

namespace zeroth::plan {
namespace {

using Gic = hyper::DomainSpec::Gic;

struct KnownGic {
    const char* compatible;
    Gic version;
};
/// The controllers that Xen drives (Linux: Documentation/devicetree/bindings/interrupt-controller).
constexpr std::array<KnownGic, 7> kGics{{
    {"arm,gic-v3", Gic::kV3},
    {"arm,gic-400", Gic::kV2},
    {"arm,cortex-a15-gic", Gic::kV2},
    {"arm,cortex-a7-gic", Gic::kV2},
    {"arm,cortex-a9-gic", Gic::kV2},
    {"qcom,msm-qgic2", Gic::kV2},
    {"hisilicon,hip04-intc", Gic::kV2},
}};
constexpr std::array<const char*, 2> kTimers{"arm,armv8-timer", "arm,armv7-timer"};

/// A tree that says nonsense here is no reason not to run: it only cannot say what is taken.
void add_ranges(const void* tree, int node, const char* what, HostTree& host) {
    const auto spans = registers_of(tree, node);
    if (!spans) return;
    for (const auto& span : *spans) host.ranges.push_back({what, span});
}

void add_memory(const void* tree, HostTree& host) {
    const char* const kType = "memory";
    const int size = static_cast<int>(std::char_traits<char>::length(kType)) + 1;
    for (int node = fdt_node_offset_by_prop_value(tree, -1, "device_type", kType, size); node >= 0;
         node = fdt_node_offset_by_prop_value(tree, node, "device_type", kType, size))
        add_ranges(tree, node, "RAM", host);
}

}  // namespace

Result<HostTree> read_host_tree(std::span<const std::byte> blob) {
    const void* const tree = blob.data();
    if (blob.size() < sizeof(fdt_header) || fdt_check_full(tree, blob.size()) != 0) {
        return fail("the host's device tree is malformed");
    }
    HostTree host;
    bool found = false;
    for (const auto& known : kGics) {
        const int node = fdt_node_offset_by_compatible(tree, -1, known.compatible);
        if (found || node < 0) continue;
        add_ranges(tree, node, "interrupt controller", host);
        host.gic = known.version;
        found = true;
    }
    if (!found) return fail("the host's device tree has no interrupt controller that Xen knows");
    add_memory(tree, host);
    for (const auto* timer : kTimers) {
        const int node = fdt_node_offset_by_compatible(tree, -1, timer);
        int size = 0;
        const auto* cell = fdt_getprop(tree, node, "clock-frequency", &size);
        if (node < 0 || cell == nullptr || size != sizeof(fdt32_t)) continue;
        host.timer_clock_frequency = fdt32_ld(static_cast<const fdt32_t*>(cell));
    }
    return host;
}

}  // namespace zeroth::plan
