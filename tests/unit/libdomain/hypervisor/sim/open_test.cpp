// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <string>

#include "tests/unit/libdomain/hypervisor/sim/simulated.hpp"

namespace zeroth::hyper {
namespace {

struct Release {
    const char* name;
    std::uint32_t minor, domctl, sysctl;
};

class Open : public ::testing::TestWithParam<Release> {};

TEST_P(Open, FindsWhatTheReleaseSpeaks) {
    sim::SimOptions options;
    options.release = GetParam().name;
    const Simulated sim{options};
    const auto& version = sim.xen->version();
    EXPECT_EQ(version.major, 4U);
    EXPECT_EQ(version.minor, GetParam().minor);
    EXPECT_EQ(version.domctl, GetParam().domctl);
    EXPECT_EQ(version.sysctl, GetParam().sysctl);
    EXPECT_EQ(version.extra, ".0-sim");
    EXPECT_EQ(version.capabilities, "xen-3.0-aarch64 xen-3.0-armv7l ");
    EXPECT_EQ(version.commandline, "console=dtuart dom0_mem=512M");
    EXPECT_EQ(version.build_id, "123456789abcdef0");
    EXPECT_EQ(version.compiler, "gcc (Debian 12.2.0-14) 12.2.0");
    EXPECT_EQ(version.compile_date, "Thu Jan  1 00:00:00 UTC 1970");
    EXPECT_EQ(version.page_size, 4096U);
}

TEST_P(Open, ADomainComesOutAsItWasAskedFor) {
    sim::SimOptions options;
    options.release = GetParam().name;
    options.clock_frequency = 24000000;
    const Simulated sim{options};
    DomainSpec spec;
    spec.handle = Uuid::random();
    spec.ssidref = 9;
    spec.max_vcpus = 5;
    const auto made = sim.xen->create_domain(spec);
    ASSERT_TRUE(made) << made.error().text();
    EXPECT_EQ(made->id, DomainId{1});
    EXPECT_EQ(made->gic, DomainSpec::Gic::kV3);
    EXPECT_EQ(made->clock_frequency, 24000000U);
    const auto info = sim.xen->domain(made->id);
    ASSERT_TRUE(info);
    EXPECT_EQ(info->handle, spec.handle);
    EXPECT_EQ(info->ssidref, 9U);
    EXPECT_TRUE(sim.xen->set_max_vcpus(made->id, 5));
}

INSTANTIATE_TEST_SUITE_P(
    AllReleases, Open,
    ::testing::Values(Release{"4.17", 17, 0x15, 0x15}, Release{"4.18", 18, 0x16, 0x15},
                      Release{"4.19", 19, 0x17, 0x15}, Release{"4.20", 20, 0x17, 0x15},
                      Release{"4.21", 21, 0x17, 0x16}, Release{"4.22", 22, 0x18, 0x16}),
    [](const auto& param) { return "Xen4_" + std::to_string(param.param.minor); });

Error open_error(const sim::SimOptions& options) {
    auto machine = sim::Machine::create(options);
    auto opened = Hypervisor::open(**machine);
    return opened ? Error::message("it opened") : opened.error();
}

TEST(OpenUnknown, DomctlIsRefusedByNumberAndTheKnownAreListed) {
    sim::SimOptions options;
    options.domctl = 0x19;
    const auto error = open_error(options);
    EXPECT_EQ(error.text(),
              "Xen 4.20 speaks domctl interface version 0x19 that is not known here; known are "
              "0x15 (Xen 4.17), 0x16 (Xen 4.18), 0x17 (Xen 4.19 to 4.21), 0x18 (Xen 4.22)");
    EXPECT_TRUE(error.is(EPROTONOSUPPORT));
}

TEST(OpenUnknown, OlderIsRefusedToo) {
    sim::SimOptions options;
    options.domctl = 0x14;
    EXPECT_NE(open_error(options).text().find("version 0x14 that"), std::string::npos);
}

TEST(OpenUnknown, SysctlAsWell) {
    sim::SimOptions options;
    options.sysctl = 0x99;
    EXPECT_EQ(open_error(options).text(),
              "Xen 4.20 speaks a sysctl interface version that is not known here");
}

TEST(OpenUnknown, AReleaseWithoutModelIsNoMachine) {
    sim::SimOptions options;
    options.release = "4.16";
    const auto machine = sim::Machine::create(options);
    ASSERT_FALSE(machine);
    EXPECT_EQ(machine.error().text(), "Xen 4.16 is not modelled; 4.17 to 4.22 are");
}

TEST(OpenFails, EveryCallOfOpeningMayFailAndNothingIsLeft) {
    auto machine = *sim::Machine::create();
    ASSERT_TRUE(Hypervisor::open(*machine));
    const auto calls = machine->calls();
    for (std::uint64_t n = 1; n <= calls; ++n) {
        machine->fail_nth_call(n, EIO);
        const auto opened = Hypervisor::open(*machine);
        ASSERT_FALSE(opened) << n;
        EXPECT_TRUE(opened.error().is(EIO)) << opened.error().text();
        EXPECT_NE(opened.error().text().find(":"), std::string::npos);
        EXPECT_EQ(machine->live_buffers(), 0U);
    }
    EXPECT_TRUE(Hypervisor::open(*machine));
}

}  // namespace
}  // namespace zeroth::hyper
