// SPDX-License-Identifier: Apache-2.0
#include "libdomain/device/detach.hpp"

#include <gtest/gtest.h>

#include "libdomain/device/paths.hpp"

namespace zeroth::device {
namespace {

using Act = Detach::Act;
using Manner = Detach::Manner;
using Hotplug = Detach::Hotplug;

Seen with_backend(BusState state) {
    Seen seen;
    seen.backend = state;
    seen.frontend = BusState::kConnected;
    return seen;
}
const Seen kUp = with_backend(BusState::kConnected), kClosing = with_backend(BusState::kClosing),
           kClosed = with_backend(BusState::kClosed);

TEST(Detach, AGuestThatIsAskedLetsGo) {
    Detach detach{Manner::kAsk, Hotplug::kRun};
    EXPECT_EQ(detach.begin(kUp), Act::kAsk);
    EXPECT_EQ(detach.patience(), std::chrono::seconds{10});
    EXPECT_EQ(detach.seen(kClosing), Act::kWait);
    EXPECT_EQ(detach.seen(kClosed), Act::kHotplug);
    EXPECT_EQ(detach.seen(kClosed), Act::kWait);
    EXPECT_EQ(detach.hotplug_ended(""), Act::kRemoveNodes);
    EXPECT_EQ(detach.remark(), "");
}

TEST(Detach, WithNothingToUndoItIsOverWhenTheBackendCloses) {
    Detach detach{Manner::kAsk, Hotplug::kNothing};
    detach.begin(kUp);
    EXPECT_EQ(detach.seen(kClosed), Act::kRemoveNodes);
}

TEST(Detach, AFrontendThatSaysItIsClosedIsNotBelieved) {
    Detach detach{Manner::kAsk, Hotplug::kNothing};
    detach.begin(kUp);
    auto seen = kClosing;
    seen.frontend = BusState::kClosed;
    EXPECT_EQ(detach.seen(seen), Act::kWait);
    seen.frontend = BusState::kNone;
    EXPECT_EQ(detach.seen(seen), Act::kWait);
}

TEST(Detach, AGuestThatDoesNotLetGoKeepsItUnlessForced) {
    Detach asked{Manner::kAsk, Hotplug::kRun};
    asked.begin(kUp);
    asked.seen(kClosing);
    EXPECT_EQ(asked.timed_out(), Act::kFail);
    EXPECT_EQ(asked.failure(),
              "the guest did not let go of it within 10 s: its backend's state is 5 (Closing), its "
              "frontend's 4 (Connected)");
    Detach forced{Manner::kForce, Hotplug::kRun};
    forced.begin(kUp);
    EXPECT_EQ(forced.timed_out(), Act::kTakeAway);
    EXPECT_EQ(forced.patience(), std::chrono::seconds{5});
    EXPECT_EQ(forced.seen(kClosed), Act::kHotplug);
}

TEST(Detach, AtTheGuestsEndItsEndIsTakenAway) {
    Detach detach{Manner::kTakeAway, Hotplug::kNothing};
    EXPECT_EQ(detach.begin(kUp), Act::kTakeAway);
    EXPECT_EQ(detach.seen(kClosing), Act::kWait);
    EXPECT_EQ(detach.seen(with_backend(BusState::kNone)), Act::kRemoveNodes);
}

TEST(Detach, WhatAnotherDomainSetUpIsForThatDomainToUndo) {
    auto up = kUp, closed = kClosed;
    up.hotplug_status = closed.hotplug_status = "connected";
    Detach detach{Manner::kAsk, Hotplug::kElsewhere};
    EXPECT_EQ(detach.begin(up), Act::kAsk);
    EXPECT_EQ(detach.seen(closed), Act::kWait);
    EXPECT_EQ(detach.seen(closed), Act::kWait);
    EXPECT_EQ(detach.seen(with_backend(BusState::kNone)), Act::kRemoveNodes);
    EXPECT_EQ(detach.remark(), "");
}

TEST(Detach, ADomainThatUndoesNothingIsNotWaitedForForEver) {
    auto closed = kClosed;
    closed.hotplug_status = "connected";
    Detach detach{Manner::kTakeAway, Hotplug::kElsewhere};
    detach.begin(kUp);
    EXPECT_EQ(detach.seen(closed), Act::kWait);
    EXPECT_EQ(detach.patience(), std::chrono::seconds{10});
    EXPECT_EQ(detach.timed_out(), Act::kRemoveNodes);
    EXPECT_EQ(detach.remark(),
              "the domain that served it has not undone its hotplug within 10 s: is `xl devd' "
              "running there?");
    Detach never_set_up{Manner::kTakeAway, Hotplug::kElsewhere};
    never_set_up.begin(kUp);
    EXPECT_EQ(never_set_up.seen(kClosed), Act::kRemoveNodes);
}

TEST(Detach, ABackendThatDoesNotCloseHoldsUpNobody) {
    Detach detach{Manner::kTakeAway, Hotplug::kRun};
    detach.begin(kUp);
    detach.seen(kClosing);
    EXPECT_EQ(detach.timed_out(), Act::kHotplug);
    EXPECT_EQ(detach.timed_out(), Act::kRemoveNodes);
    EXPECT_EQ(detach.remark(), "undoing its hotplug took more than 40 s");
}

TEST(Detach, ADeviceThatNoDriverHadIsNotWaitedFor) {
    for (const auto state : {BusState::kNone, BusState::kInitialising, BusState::kClosed}) {
        Detach detach{Manner::kTakeAway, Hotplug::kNothing};
        EXPECT_EQ(detach.begin(with_backend(state)), Act::kTakeAway);
        EXPECT_EQ(detach.seen(kClosing), Act::kRemoveNodes) << text(state);
    }
}

TEST(Detach, AHotplugThatCannotBeUndoneIsARemark) {
    Detach detach{Manner::kAsk, Hotplug::kRun};
    detach.begin(kUp);
    detach.seen(kClosed);
    EXPECT_EQ(detach.hotplug_ended("the script ended with status 1"), Act::kRemoveNodes);
    EXPECT_EQ(detach.remark(), "the script ended with status 1");
}

TEST(DevicePaths, AreThoseThatWeWrite) {
    const auto paths = paths_of(DomainId{3}, "vif", "0", "/local/domain/0/backend/vif/3/0");
    ASSERT_TRUE(paths);
    EXPECT_EQ(paths->backend(), "/local/domain/0/backend/vif/3/0");
    EXPECT_EQ(paths->frontend(), "/local/domain/3/device/vif/0");
    EXPECT_EQ(paths->record(), "/libxl/3/device/vif/0");
    EXPECT_EQ(paths->title(), "vif 0");
}

TEST(DevicePaths, AGuestKnowsSomeByAnotherName) {
    const auto paths = paths_of(DomainId{3}, "vkbd", "0", "/local/domain/0/backend/vinput/3/0");
    ASSERT_TRUE(paths);
    EXPECT_EQ(paths->backend(), "/local/domain/0/backend/vinput/3/0");
    EXPECT_EQ(paths->frontend(), "/local/domain/3/device/vkbd/0");
    EXPECT_EQ(paths->record(), "/libxl/3/device/vkbd/0");
    EXPECT_EQ(paths->title(), "vinput 0");
    EXPECT_FALSE(paths_of(DomainId{3}, "vinput", "0", "/local/domain/0/backend/vinput/3/0"));
}

TEST(DevicePaths, ABackendThatPointsElsewhereIsNone) {
    for (const auto* backend :
         {"", "/", "/local/domain/0/backend/vif/4/0", "/local/domain/0/backend/vbd/3/0",
          "/local/domain/0/backend/vif/3/1", "/local/domain/0/backend/vif/3/0/..",
          "/local/domain/00/backend/vif/3/0", "/local/domain//backend/vif/3/0",
          "/local/domain/0/backend/vif/3/0 ", "/tool/backend/vif/3/0",
          "/local/domain/99999/backend/vif/3/0"})
        EXPECT_FALSE(paths_of(DomainId{3}, "vif", "0", backend)) << backend;
    EXPECT_FALSE(paths_of(DomainId{3}, "vif", "00", "/local/domain/0/backend/vif/3/0"));
    EXPECT_FALSE(paths_of(DomainId{3}, "", "0", "/local/domain/0/backend//3/0"));
}

}  // namespace
}  // namespace zeroth::device
