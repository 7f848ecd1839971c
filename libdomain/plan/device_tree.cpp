// SPDX-License-Identifier: Apache-2.0
#include "libdomain/plan/device_tree.hpp"

#include <fmt/format.h>

#include "libdomain/plan/fdt_writer.hpp"
#include "libdomain/plan/partial_tree.hpp"

// Nodes and properties stand in the reference's order, so that two dumps can be compared line by
// line. `rng-seed` is there from Xen 4.17's toolstack on; a dump taken by a Linux guest of itself
// lacks it, because Linux wipes the seed once it has used it. An empty memory bank has no node
// here, where the reference leaves the gap of a node overwritten with NOPs: no reader can tell.
namespace zeroth::plan {
namespace {

using Gic = hyper::DomainSpec::Gic;

// Interrupt cells: kind, number within the kind, flags (Linux's interrupt-controller/arm-gic.h).
constexpr std::uint32_t kSpi = 0, kPpi = 1;
constexpr std::uint32_t kLevelLowAllCpus = 0xF08, kLevelHighAllCpus = 0xF04;

void append_reg(std::vector<std::uint32_t>& cells, const Span& range) {
    for (const std::uint64_t value : {range.start, range.size}) {
        cells.push_back(static_cast<std::uint32_t>(value >> 32));
        cells.push_back(static_cast<std::uint32_t>(value));
    }
}

void write_reg(FdtWriter& tree, std::span<const Span> ranges) {
    std::vector<std::uint32_t> cells;
    for (const auto& range : ranges) append_reg(cells, range);
    tree.cells("reg", cells);
}

void write_root_properties(FdtWriter& tree, const TreeFacts& facts) {
    const auto version = fmt::format("{}.{}", facts.xen_major, facts.xen_minor);
    tree.string("model", "XENVM-" + version);
    tree.strings("compatible", {"xen,xenvm-" + version, "xen,xenvm"});
    tree.cells("interrupt-parent", {kGicPhandle});
    tree.cells("#address-cells", {2});
    tree.cells("#size-cells", {2});
}

void write_chosen(FdtWriter& tree, const TreeFacts& facts) {
    const FdtNode node{tree, "chosen"};
    if (!facts.bootargs.empty()) tree.string("bootargs", facts.bootargs);
    if (facts.initrd) {
        tree.u64("linux,initrd-start", facts.initrd->start);
        tree.u64("linux,initrd-end", facts.initrd->end());
    }
    tree.property("rng-seed", facts.rng_seed);
}

/// The vCPU's MPIDR affinity as Xen's virtual interrupt controllers number it: 16 per cluster.
constexpr std::uint32_t affinity_of(std::uint32_t vcpu) {
    return (vcpu & 0xF) | ((vcpu >> 4) & 0xFF) << 8;
}

void write_cpus(FdtWriter& tree, const TreeFacts& facts) {
    const FdtNode cpus{tree, "cpus"};
    tree.cells("#address-cells", {1});
    tree.cells("#size-cells", {0});
    for (std::uint32_t vcpu = 0; vcpu < facts.vcpus; ++vcpu) {
        const FdtNode cpu{tree, fmt::format("cpu@{:x}", affinity_of(vcpu))};
        tree.string("device_type", "cpu");
        tree.string("compatible",
                    facts.width == image::Width::k64 ? "arm,armv8" : "arm,cortex-a15");
        tree.string("enable-method", "psci");
        tree.cells("reg", {affinity_of(vcpu)});
    }
}

void write_psci(FdtWriter& tree) {
    const FdtNode node{tree, "psci"};
    tree.strings("compatible", {"arm,psci-1.0", "arm,psci-0.2", "arm,psci"});
    tree.string("method", "hvc");
    tree.cells("cpu_off", {1});
    tree.cells("cpu_on", {2});
}

void write_memory(FdtWriter& tree, const TreeFacts& facts) {
    for (const auto& bank : facts.banks) {
        if (bank.size == 0) continue;
        const FdtNode node{tree, fmt::format("memory@{:x}", bank.start)};
        tree.string("device_type", "memory");
        write_reg(tree, std::array{bank});
    }
}

void write_interrupt_controller(FdtWriter& tree, const TreeFacts& facts) {
    const bool v3 = facts.gic == Gic::kV3;
    const FdtNode node{tree, fmt::format("interrupt-controller@{:x}", kGicDistributorV3.start)};
    if (v3)
        tree.string("compatible", "arm,gic-v3");
    else
        tree.strings("compatible", {"arm,cortex-a15-gic", "arm,cortex-a9-gic"});
    tree.cells("#interrupt-cells", {3});
    tree.cells("#address-cells", {0});
    tree.empty("interrupt-controller");
    write_reg(tree, v3 ? std::array{kGicDistributorV3, kGicRedistributors}
                       : std::array{kGicDistributorV2, kGicCpuInterface});
    tree.cells("linux,phandle", {kGicPhandle});
    tree.cells("phandle", {kGicPhandle});
}

void write_timer(FdtWriter& tree, const TreeFacts& facts) {
    const FdtNode node{tree, "timer"};
    tree.string("compatible",
                facts.width == image::Width::k64 ? "arm,armv8-timer" : "arm,armv7-timer");
    tree.cells("interrupts", {kPpi, kTimerSecurePpi - 16, kLevelLowAllCpus,     //
                              kPpi, kTimerNonSecurePpi - 16, kLevelLowAllCpus,  //
                              kPpi, kTimerVirtualPpi - 16, kLevelLowAllCpus});
    tree.cells("interrupt-parent", {kGicPhandle});
    if (facts.timer_clock_frequency != 0)
        tree.cells("clock-frequency", {facts.timer_clock_frequency});
}

void write_hypervisor(FdtWriter& tree, const TreeFacts& facts) {
    const FdtNode node{tree, "hypervisor"};
    tree.strings("compatible",
                 {fmt::format("xen,xen-{}.{}", facts.xen_major, facts.xen_minor), "xen,xen"});
    std::vector<Span> ranges{kGrantTable};
    ranges.insert(ranges.end(), facts.extended_regions.begin(), facts.extended_regions.end());
    write_reg(tree, ranges);
    tree.cells("interrupts", {kPpi, kEventChannelPpi - 16, kLevelLowAllCpus});
    tree.cells("interrupt-parent", {kGicPhandle});
}

void write_vuart(FdtWriter& tree) {
    const FdtNode node{tree, "sbsa-pl011"};
    tree.string("compatible", "arm,sbsa-uart");
    write_reg(tree, std::array{kPl011});
    tree.cells("interrupts", {kSpi, kVuartSpi - 32, kLevelHighAllCpus});
    tree.cells("interrupt-parent", {kGicPhandle});
    tree.cells("current-speed", {115200});
}

void write_optee(FdtWriter& tree) {
    const FdtNode firmware{tree, "firmware"};
    const FdtNode node{tree, "optee"};
    tree.string("compatible", "linaro,optee-tz");
    tree.string("method", "hvc");
}

}  // namespace

Result<std::vector<std::byte>> make_device_tree(const TreeFacts& facts) {
    FdtWriter tree;
    tree.begin_node("");
    write_root_properties(tree, facts);
    write_chosen(tree, facts);
    write_cpus(tree, facts);
    write_psci(tree);
    write_memory(tree, facts);
    write_interrupt_controller(tree, facts);
    write_timer(tree, facts);
    write_hypervisor(tree, facts);
    if (facts.vuart) write_vuart(tree);
    if (facts.optee) write_optee(tree);
    if (!facts.partial.empty()) ZEROTH_CHECK(copy_partial_tree(facts.partial, tree));
    tree.end_node();
    return tree.finish();
}

}  // namespace zeroth::plan
