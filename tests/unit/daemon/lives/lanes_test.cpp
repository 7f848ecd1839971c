// SPDX-License-Identifier: Apache-2.0
#include "daemon/lives/lanes.hpp"

#include <gtest/gtest.h>

#include <future>
#include <optional>

namespace zeroth::daemon::lives {
namespace {

const Uuid kDomain = *Uuid::parse("11111111-2222-3333-4444-555555555555");
const Uuid kOther = *Uuid::parse("11111111-2222-3333-4444-666666666666");

TEST(Lanes, DomainsDoNotHoldUpEachOther) {
    Lanes lanes;
    const auto first = lanes.enter(kDomain, Doing::kDestroying);
    const auto second = lanes.enter(kOther, Doing::kDestroying);
    EXPECT_TRUE(first && second);
    EXPECT_FALSE(lanes.is_free(kDomain));
}

TEST(Lanes, WhoMeetsALongThingIsTold) {
    Lanes lanes;
    const auto lane = lanes.enter(kDomain, Doing::kDestroying);
    const auto told = lanes.enter(kDomain, Doing::kChanging);
    ASSERT_FALSE(told);
    EXPECT_TRUE(told.error().is(EBUSY));
    EXPECT_EQ(told.error().text(), "the domain is being destroyed");
    EXPECT_FALSE(lanes.enter(kDomain, Doing::kDestroying));
}

TEST(Lanes, ALaneEndsWithItsHolder) {
    Lanes lanes;
    { const auto lane = lanes.enter(kDomain, Doing::kCreating); }
    EXPECT_TRUE(lanes.is_free(kDomain));
    EXPECT_TRUE(lanes.enter(kDomain, Doing::kCreating));
}

TEST(Lanes, ShortThingsAreWaitedFor) {
    Lanes lanes;
    auto lane = std::optional{lanes.enter(kDomain, Doing::kChanging)};
    auto second = std::async(std::launch::async,
                             [&] { return lanes.enter(kDomain, Doing::kDestroying).has_value(); });
    lane.reset();
    EXPECT_TRUE(second.get());
}

TEST(Lanes, ADestroyWaitsForARestart) {
    Lanes lanes;
    auto lane = std::optional{lanes.enter(kDomain, Doing::kRestarting)};
    auto destroy = std::async(std::launch::async,
                              [&] { return lanes.enter(kDomain, Doing::kDestroying).has_value(); });
    EXPECT_FALSE(lanes.enter(kDomain, Doing::kCreating));
    lane.reset();
    EXPECT_TRUE(destroy.get());
}

}  // namespace
}  // namespace zeroth::daemon::lives
