// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/device_rights.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/libdomain/hypervisor/sim/simulated.hpp"

namespace zeroth::hyper {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// As Xen 4.17 prints it.
constexpr std::string_view kTold =
    "(XEN) 'q' pressed -> dumping domain info (now = 5318519024)\n"
    "(XEN) General information for domain 0:\n"
    "(XEN)     refcnt=3 dying=0 pause_count=0\n"
    "(XEN) Rangesets belonging to domain 0:\n"
    "(XEN)     Interrupts { 34-39, 48-79 }\n"
    "(XEN)     I/O Memory { 0-8000, 9010-9011, a000 }\n"
    "(XEN) NODE affinity for domain 0: [0]\n"
    "(XEN) General information for domain 3:\n"
    "(XEN) Rangesets belonging to domain 3:\n"
    "(XEN)     Interrupts { }\n"
    "(XEN)     I/O Memory { }\n";

TEST(DeviceRights, AreThoseOfEachDomain) {
    const DeviceRights dom0{
        DomainId{0}, {{0, 0x8000}, {0x9010, 0x9011}, {0xA000, 0xA000}}, {{34, 39}, {48, 79}}};
    EXPECT_THAT(parse_device_rights(kTold), ElementsAre(dom0, DeviceRights{DomainId{3}, {}, {}}));
}

TEST(DeviceRights, LeaveOutADomainOfWhichALineIsBroken) {
    for (const char* line :
         {"(XEN)     I/O Memory { 0-8000, (d1) hello", "(XEN)     I/O Memory { 5-4 }",
          "(XEN)     I/O Memory { 0-8000", "(XEN)     I/O Memory {}",
          "(XEN)     I/O Memory { 1ffffffffffffffff }", "(XEN)     I/O Memory { 0 } and more"})
        EXPECT_THAT(parse_device_rights("(XEN) Rangesets belonging to domain 1:\n"
                                        "(XEN)     Interrupts { 40 }\n" +
                                        std::string{line} + "\n"),
                    IsEmpty())
            << line;
    EXPECT_THAT(parse_device_rights("(XEN) Rangesets belonging to domain 70000:\n"
                                    "(XEN)     Interrupts { }\n(XEN)     I/O Memory { }\n"),
                IsEmpty());
}

TEST(DeviceRights, OfTwoDomainsAreNotMixed) {
    const auto found = parse_device_rights(
        "(XEN) Rangesets belonging to domain 1:\n(XEN)     Interrupts { 40 }\n"
        "(XEN) Rangesets belonging to domain 2:\n(XEN)     I/O Memory { 9 }\n"
        "(XEN)     Interrupts { 41 }\n");
    EXPECT_THAT(found, ElementsAre(DeviceRights{DomainId{2}, {{9, 9}}, {{41, 41}}}));
}

TEST(DeviceRights, AreAskedOfXen) {
    Simulated sim;
    const auto domain = sim.domain(32);
    ASSERT_TRUE(sim.xen->iomem_permission(domain, MachineFrame{0x9010}, 2, true));
    ASSERT_TRUE(sim.xen->bind_spi(domain, 40));
    const auto found = device_rights(*sim.xen);
    ASSERT_TRUE(found) << found.error().text();
    EXPECT_THAT(*found, ::testing::Contains(DeviceRights{domain, {{0x9010, 0x9011}}, {{40, 40}}}));
}

TEST(InterruptOwner, IsTheOneXenNamesLast) {
    constexpr std::string_view kText =
        "(XEN) IRQ 40 is already used by domain 1\n(XEN) IRQ 41 is already used by domain 2\n"
        "(XEN) IRQ 40 is already used by domain 3\n(XEN) IRQ 400 is already used by domain 4\n";
    EXPECT_EQ(interrupt_owner(kText, 40), DomainId{3});
    EXPECT_EQ(interrupt_owner(kText, 41), DomainId{2});
    EXPECT_FALSE(interrupt_owner(kText, 4));
    EXPECT_FALSE(interrupt_owner("", 40));
}

}  // namespace
}  // namespace zeroth::hyper
