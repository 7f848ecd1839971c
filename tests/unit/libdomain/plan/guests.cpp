// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/libdomain/plan/guests.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace zeroth::testing {

using Gic = hyper::DomainSpec::Gic;

plan::HostInfo arm64_host(std::uint32_t minor) {
    plan::HostInfo host;
    host.xen.major = 4;
    host.xen.minor = minor;
    host.xen.capabilities = "xen-3.0-aarch64 xen-3.0-armv7l ";
    host.phys.nr_cpus = 2;
    host.phys.capabilities = 1U << 0 | 1U << 3 | 1U << 7 | 1U << 8;
    host.phys.free_pages = 1504ULL << 8;
    host.node_of_cpu = {0, 0};
    host.gic = Gic::kV3;
    host.gpaddr_bits = 44;
    host.pools = {{CpupoolId{0}, "Pool-0"}, {CpupoolId{3}, "fast"}};
    return host;
}

plan::HostInfo arm32_host() {
    auto host = arm64_host();
    host.xen.capabilities = "xen-3.0-armv7l ";
    host.gic = Gic::kV2;
    host.gpaddr_bits = 40;
    return host;
}

image::KernelFacts linux_arm64() {
    image::KernelFacts kernel;
    kernel.path = "/guest/vmlinuz";
    kernel.file_size = kernel.image_size = 32'956'352;
    kernel.segments = {
        {.offset = 0, .size = kernel.image_size, .memory_size = 0x2010000, .address = {}}};
    return kernel;
}

image::KernelFacts tiny_arm64() {
    image::KernelFacts kernel;
    kernel.path = "/guest/tiny.img";
    kernel.file_size = kernel.image_size = 4096;
    kernel.segments = {{.offset = 0, .size = 4096, .memory_size = 0x10000, .address = {}}};
    return kernel;
}

image::KernelFacts tiny_zimage() {
    image::KernelFacts kernel;
    kernel.path = "/guest/spin.bin";
    kernel.format = image::Format::kArm32ZImage;
    kernel.width = image::Width::k32;
    kernel.text_offset = 0x8000;
    kernel.file_size = kernel.image_size = 160;
    kernel.segments = {{.offset = 0, .size = 160, .memory_size = 160, .address = {}}};
    return kernel;
}

image::RamdiskFacts small_ramdisk() { return {.path = "/guest/domu.cpio.gz", .size = 0xFE0F4}; }

plan::Inputs linux_guest() {
    plan::Inputs inputs;
    inputs.config.name = "g1";
    inputs.config.uuid = Uuid::parse("02785c78-618d-426f-aba3-c18d4d31e14d");
    inputs.config.memory = mib(128);
    inputs.config.cmdline = "console=hvc0";
    inputs.host = arm64_host();
    inputs.kernel = linux_arm64();
    inputs.ramdisk = small_ramdisk();
    for (std::size_t i = 0; i < inputs.rng_seed.size(); ++i)
        inputs.rng_seed[i] = static_cast<std::byte>(i + 1);
    return inputs;
}

plan::Inputs tiny_guest() {
    auto inputs = linux_guest();
    inputs.config.name = "tiny";
    inputs.config.memory = mib(16);
    inputs.config.vcpus = 2;
    inputs.config.cmdline.clear();
    inputs.kernel = tiny_arm64();
    inputs.ramdisk.reset();
    return inputs;
}

plan::Inputs arm32_guest() {
    auto inputs = tiny_guest();
    inputs.config.name = "spin";
    inputs.config.vcpus = 1;
    inputs.config.vuart_sbsa = true;
    inputs.host = arm32_host();
    inputs.kernel = tiny_zimage();
    return inputs;
}

config::CpuSelection cpus(std::uint32_t first, std::uint32_t last) {
    config::CpuSelection selection;
    selection.parts = {{.kind = config::CpuPart::Kind::kCpus, .first = first, .last = last}};
    return selection;
}

plan::BuildPlan plan_of(const plan::Inputs& inputs) {
    auto plan = plan::make_plan(inputs);
    if (plan) return *std::move(plan);
    ADD_FAILURE() << plan.error().text();
    return {};
}

std::string plan_error(const plan::Inputs& inputs) {
    const auto plan = plan::make_plan(inputs);
    return plan ? "no error" : plan.error().text();
}

std::string read_golden(const std::string& name) {
    std::ifstream file{std::string{ZEROTH_GOLDEN_DIR} + "/" + name, std::ios::binary};
    EXPECT_TRUE(file) << name;
    return {std::istreambuf_iterator<char>{file}, {}};
}

}  // namespace zeroth::testing
