// SPDX-License-Identifier: Apache-2.0
#include "daemon/strangers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>

#include "libdomain/hypervisor/sim/machine.hpp"

namespace zeroth::daemon {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Strangers : public ::testing::Test {
protected:
    void SetUp() override {
        auto machine = hyper::sim::Machine::create({});
        ASSERT_TRUE(machine);
        machine_ = *std::move(machine);
        auto xen = hyper::Hypervisor::open(*machine_);
        ASSERT_TRUE(xen);
        xen_.emplace(*std::move(xen));
        hyper::DomainSpec spec;
        spec.nr_spis = 32;
        const auto made = xen_->create_domain(spec);
        ASSERT_TRUE(made && xen_->iomem_permission(made->id, MachineFrame{0x9010}, 2, true) &&
                    xen_->iomem_permission(made->id, MachineFrame{0xA000}, 1, true) &&
                    xen_->bind_spi(made->id, 40));
        domain_ = made->id;
    }

    plan::GivenAway given(Stranger::Maker maker) const {
        const auto all = given_to_strangers(*xen_, {{domain_, "rtos", maker}});
        return all.size() == 1 ? all.front() : plan::GivenAway{};
    }

    std::unique_ptr<hyper::sim::Machine> machine_;
    std::optional<hyper::Hypervisor> xen_;
    DomainId domain_;
};

config::IomemRange pages(std::uint64_t first, std::uint64_t count) {
    return {MachineFrame{first}, count, GuestFrame{first}};
}

TEST_F(Strangers, HaveWhatXenSays) {
    const auto found = given(Stranger::Maker::kToolstack);
    EXPECT_EQ(found.owner, "\"rtos\" (domain 1)");
    EXPECT_THAT(found.iomem, ElementsAre(pages(0x9010, 2), pages(0xA000, 1)));
    EXPECT_THAT(found.irqs, ElementsAre(40));
}

TEST_F(Strangers, OfXensMakingHaveAPageLessThanXenNotes) {
    EXPECT_THAT(given(Stranger::Maker::kXen).iomem,
                ElementsAre(pages(0x9010, 1), pages(0xA000, 1)));
}

TEST_F(Strangers, ThatAreNotThereHaveNothing) {
    EXPECT_THAT(given_to_strangers(*xen_, {{DomainId{77}, "gone", Stranger::Maker::kXen}}),
                IsEmpty());
}

TEST_F(Strangers, WhomXenDoesNotTellOfAreLeftOut) {
    machine_->fail("XEN_SYSCTL_debug_keys", EPERM);
    EXPECT_EQ(given(Stranger::Maker::kXen).owner, "");
}

TEST_F(Strangers, CostNothingWhereThereAreNone) {
    const auto before = machine_->calls();
    EXPECT_THAT(given_to_strangers(*xen_, {}), IsEmpty());
    EXPECT_EQ(machine_->calls(), before);
}

}  // namespace
}  // namespace zeroth::daemon
