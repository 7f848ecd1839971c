// SPDX-License-Identifier: Apache-2.0
#include "libdomain/plan/host_tree.hpp"

#include <fmt/format.h>

extern "C" {
#include <libfdt.h>
}

#include <array>

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

}  // namespace

Result<HostTree> read_host_tree(std::span<const std::byte> blob) {
    const void* const tree = blob.data();
    if (blob.size() < sizeof(fdt_header) || fdt_check_full(tree, blob.size()) != 0) {
        return fail("the host's device tree is malformed");
    }
    HostTree host;
    bool found = false;
    for (const auto& known : kGics) {
        if (found || fdt_node_offset_by_compatible(tree, -1, known.compatible) < 0) continue;
        host.gic = known.version;
        found = true;
    }
    if (!found) return fail("the host's device tree has no interrupt controller that Xen knows");
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
