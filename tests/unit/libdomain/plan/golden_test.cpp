// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "libdomain/plan/fdt_writer.hpp"
#include "libdomain/plan/layout.hpp"
#include "tests/golden/golden.hpp"
#include "tests/unit/libdomain/plan/guests.hpp"

// Whole plans, as `xl plan` prints them. A change here is a change of what a guest sees.
namespace zeroth::plan {
namespace {

using namespace zeroth::testing;

void expect_plan(const char* name, const Inputs& inputs) {
    expect_golden(std::string{"plan/"} + name, to_text(plan_of(inputs)));
}

TEST(GoldenPlan, LinuxWithRamdisk) { expect_plan("linux-ramdisk.txt", linux_guest()); }

TEST(GoldenPlan, LinuxWith2Vcpus) {
    auto inputs = linux_guest();
    inputs.config.vcpus = 2;
    expect_plan("linux-2vcpu.txt", inputs);
}

TEST(GoldenPlan, Tiny) { expect_plan("tiny.txt", tiny_guest()); }

TEST(GoldenPlan, GicV2) {
    auto inputs = tiny_guest();
    inputs.config.gic_version = config::GicVersion::kV2;
    expect_plan("gicv2.txt", inputs);
}

TEST(GoldenPlan, Xen420WithGicV3AndTimerFrequency) {
    auto inputs = linux_guest();
    inputs.host = arm64_host(20);
    inputs.host.timer_clock_frequency = 62'500'000;
    inputs.config.gic_version = config::GicVersion::kV3;
    inputs.config.llc_colors = {1, 2, 5};
    expect_plan("xen-4.20.txt", inputs);
}

TEST(GoldenPlan, MemoryPast3GiBTakesTwoBanks) {
    auto inputs = linux_guest();
    inputs.host.phys.free_pages = 8ULL << 18;
    inputs.config.memory = mib(5000);
    expect_plan("two-banks.txt", inputs);
}

TEST(GoldenPlan, MaxmemAboveMemory) {
    auto inputs = linux_guest();
    inputs.config.maxmem = mib(512);
    inputs.config.maxvcpus = 4;
    expect_plan("maxmem.txt", inputs);
}

TEST(GoldenPlan, Arm32ZImage) { expect_plan("arm32-zimage.txt", arm32_guest()); }

TEST(GoldenPlan, Vuart) {
    auto inputs = linux_guest();
    inputs.config.vuart_sbsa = true;
    expect_plan("vuart.txt", inputs);
}

TEST(GoldenPlan, IomemAndIrqs) {
    auto inputs = linux_guest();
    inputs.config.iomem = {{MachineFrame{0x9000}, 1, GuestFrame{0x9000}},
                           {MachineFrame{0xFF000}, 0x100, GuestFrame{0x50000}}};
    inputs.config.irqs = {33, 112};
    expect_plan("iomem-irqs.txt", inputs);
}

TEST(GoldenPlan, CpusAsAString) {
    auto inputs = linux_guest();
    inputs.config.vcpus = 2;
    inputs.config.cpus = {cpus(1, 1)};
    inputs.config.cpus_soft = {cpus(0, 1)};
    inputs.config.sched.weight = 512;
    inputs.config.sched.cap = 50;
    inputs.config.pool = "fast";
    expect_plan("cpus-string.txt", inputs);
}

TEST(GoldenPlan, CpusAsAList) {
    auto inputs = linux_guest();
    inputs.config.vcpus = 3;
    inputs.config.cpus = {cpus(0, 0), cpus(1, 1)};
    inputs.config.cpus_is_list = true;
    inputs.config.sched.period = 10'000;
    expect_plan("cpus-list.txt", inputs);
}

TEST(GoldenPlan, PausedAndWithoutAConsoleService) {
    auto inputs = tiny_guest();
    inputs.start_paused = true;
    inputs.config.driver_domain = true;
    expect_plan("paused.txt", inputs);
}

TEST(GoldenPlan, VifAndDisk) {
    auto inputs = linux_guest();
    auto& host = inputs.host.devices;
    host.bridges = {"virbr0"};
    host.targets["/images/g1.img"] = {DiskTarget::Kind::kFile, "", "file 1", 1 << 20};
    config::Vif vif;
    vif.mac = "00:16:3e:01:02:03";
    vif.bridge = "virbr0";
    inputs.config.vif = {vif};
    config::Disk disk;
    disk.target = "/images/g1.img";
    disk.vdev = "xvda";
    inputs.config.disk = {disk};
    expect_plan("devices.txt", inputs);
}

TEST(GoldenPlan, PartialDeviceTree) {
    FdtWriter tree;
    {
        const FdtNode root{tree, ""};
        {
            const FdtNode passthrough{tree, "passthrough"};
            tree.string("compatible", "simple-bus");
            tree.empty("ranges");
            tree.cells("#address-cells", {2});
            tree.cells("#size-cells", {2});
            const FdtNode uart{tree, "uart@9000000"};
            tree.strings("compatible", {"arm,pl011", "arm,primecell"});
            tree.cells("reg", {0, 0x9000000, 0, 0x1000});
            tree.cells("interrupt-parent", {kGicPhandle});
            tree.cells("phandle", {1});
        }
        const FdtNode aliases{tree, "aliases"};
        tree.string("serial0", "/passthrough/uart@9000000");
    }
    auto inputs = tiny_guest();
    inputs.config.device_tree = "/guest/partial.dtb";
    inputs.partial_device_tree = tree.finish().value();
    expect_plan("partial-tree.txt", inputs);
}

}  // namespace
}  // namespace zeroth::plan
