// SPDX-License-Identifier: Apache-2.0
#include "libdomain/build/store_page.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstring>

#include "libdomain/hypervisor/sim/dom0less.hpp"
#include "libdomain/plan/layout.hpp"

namespace zeroth::build {
namespace {

using hyper::HvmParam;
using hyper::sim::Enhanced;

class StorePage : public ::testing::Test {
protected:
    StorePage()
        : machine_{*hyper::sim::Machine::create()}, xen_{*hyper::Hypervisor::open(*machine_)} {}

    DomainId make(Enhanced enhanced) {
        const std::array<std::byte, 64> kernel{};
        return *hyper::sim::make_dom0less(*machine_, kernel, enhanced);
    }
    Result<std::optional<StoreRing>> give(DomainId id) {
        return give_store_page(xen_, *xen_.domain(id), kDomain0);
    }
    std::uint32_t connection(DomainId id) {
        std::array<std::byte, 4> bytes{};
        const auto at = plan::kStoreFrame.raw() * kPageSize + 2068;
        EXPECT_TRUE(machine_->read_guest(id, GuestAddress{at}, bytes));
        std::uint32_t value = 0;
        std::memcpy(&value, bytes.data(), sizeof value);
        return value;
    }

    std::unique_ptr<hyper::sim::Machine> machine_;
    hyper::Hypervisor xen_;
};

TEST_F(StorePage, IsGivenWhereXenSetAChannelAside) {
    const auto id = make(Enhanced::kYes);
    const auto ring = give(id);
    ASSERT_TRUE(ring) << ring.error().text();
    ASSERT_TRUE(*ring);
    EXPECT_EQ((*ring)->frame, plan::kStoreFrame);
    EXPECT_EQ((*ring)->port.raw(), *xen_.get_param(id, HvmParam::kStoreEvtchn));
    EXPECT_EQ(*xen_.get_param(id, HvmParam::kStorePfn), plan::kStoreFrame.raw());
    // The domain waits until the ring is served.
    EXPECT_EQ(connection(id), 1U);
    const auto grants = *machine_->grant_table();
    EXPECT_TRUE(grants->map(id, GrantRef{1}));
}

TEST_F(StorePage, CostsOnePageHoweverOftenItIsBegun) {
    const auto id = make(Enhanced::kYes);
    const auto before = xen_.domain(id)->tot_pages;
    for (const auto* call : {"XENMEM_populate_physmap", "map", "map_resource", "HVMOP_set_param"}) {
        machine_->fail(call, ENOMEM);
        EXPECT_FALSE(give(id)) << call;
        machine_->clear_faults();
    }
    ASSERT_TRUE(give(id));
    const auto free = machine_->free_pages();
    ASSERT_TRUE(give(id));
    EXPECT_EQ(xen_.domain(id)->tot_pages, before + 1);
    EXPECT_EQ(machine_->free_pages(), free);
}

TEST_F(StorePage, LeavesWhatTheDomainKnowsAlone) {
    const auto id = make(Enhanced::kYes);
    ASSERT_TRUE(give(id));
    const std::array mark{std::byte{'m'}};
    const GuestAddress start{plan::kStoreFrame.raw() * kPageSize};
    ASSERT_TRUE(machine_->write_guest(id, start, mark));
    ASSERT_TRUE(give(id));
    std::array<std::byte, 1> now{};
    ASSERT_TRUE(machine_->read_guest(id, start, now));
    EXPECT_EQ(now, mark);
}

TEST_F(StorePage, IsNeverTheDomainsOwnMemory) {
    const auto id = make(Enhanced::kYes);
    ASSERT_TRUE(xen_.set_max_mem(id, mib(17)));
    ASSERT_TRUE(xen_.populate_physmap(id, plan::kStoreFrame, 1, 0));
    const auto ring = give(id);
    ASSERT_FALSE(ring);
    EXPECT_TRUE(ring.error().is(EEXIST));
}

TEST_F(StorePage, CannotBeGivenWithoutAChannel) {
    const auto ring = give(make(Enhanced::kNo));
    ASSERT_TRUE(ring) << ring.error().text();
    EXPECT_FALSE(*ring);
}

}  // namespace
}  // namespace zeroth::build
