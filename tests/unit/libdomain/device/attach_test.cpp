// SPDX-License-Identifier: Apache-2.0
#include "libdomain/device/attach.hpp"

#include <gtest/gtest.h>

namespace zeroth::device {
namespace {

using Act = Attach::Act;

Seen with_backend(BusState state) {
    Seen seen;
    seen.backend = state;
    seen.frontend = BusState::kInitialising;
    return seen;
}

TEST(Attach, BuiltInHotplugRunsOnceTheBackendIsThereAndWritesTheStatus) {
    Attach attach{Attach::Hotplug::kBuiltIn};
    EXPECT_EQ(attach.seen(with_backend(BusState::kInitialising)), Act::kWait);
    EXPECT_EQ(attach.patience(), std::chrono::seconds{10});
    EXPECT_EQ(attach.seen(with_backend(BusState::kInitWait)), Act::kHotplug);
    EXPECT_EQ(attach.patience(), std::chrono::seconds{40});
    EXPECT_EQ(attach.seen(with_backend(BusState::kInitWait)), Act::kWait);
    EXPECT_EQ(attach.hotplug_ended(""), Act::kWriteConnected);
    EXPECT_EQ(attach.seen(with_backend(BusState::kConnected)), Act::kWait);
}

TEST(Attach, AScriptWritesTheStatusItself) {
    Attach attach{Attach::Hotplug::kScript};
    EXPECT_EQ(attach.seen(with_backend(BusState::kInitWait)), Act::kHotplug);
    EXPECT_EQ(attach.hotplug_ended(""), Act::kDone);
}

TEST(Attach, WithoutHotplugItIsDoneWhenTheBackendIsThere) {
    Attach attach{Attach::Hotplug::kNothing};
    EXPECT_EQ(attach.seen(with_backend(BusState::kInitialising)), Act::kWait);
    EXPECT_EQ(attach.seen(with_backend(BusState::kConnected)), Act::kDone);
}

TEST(Attach, WhatAnotherDomainSetsUpIsWaitedForAWhile) {
    Attach attach{Attach::Hotplug::kElsewhere};
    auto seen = with_backend(BusState::kInitWait);
    EXPECT_EQ(attach.seen(seen), Act::kWait);
    EXPECT_EQ(attach.patience(), std::chrono::seconds{5});
    seen.hotplug_status = "connected";
    EXPECT_EQ(attach.seen(seen), Act::kDone);
    EXPECT_EQ(attach.remark(), "");
    Attach refused{Attach::Hotplug::kElsewhere};
    seen.hotplug_status = "error";
    EXPECT_EQ(refused.seen(seen), Act::kFail);
}

TEST(Attach, WhereNobodySetsItUpTheGuestGetsItWithARemark) {
    Attach attach{Attach::Hotplug::kElsewhere};
    EXPECT_EQ(attach.seen(with_backend(BusState::kInitWait)), Act::kWait);
    EXPECT_EQ(attach.timed_out(), Act::kDone);
    EXPECT_EQ(
        attach.remark(),
        "the domain that serves it has not set it up within 5 s: is `xl devd' running there?");
}

TEST(Attach, ABackendThatIsAheadIsThere) {
    for (const auto state : {BusState::kInitialised, BusState::kConnected, BusState::kReconfiguring,
                             BusState::kReconfigured}) {
        Attach attach{Attach::Hotplug::kBuiltIn};
        EXPECT_EQ(attach.seen(with_backend(state)), Act::kHotplug) << text(state);
    }
}

TEST(Attach, NothingIsDoneForWhatTheFrontendSays) {
    Attach attach{Attach::Hotplug::kBuiltIn};
    for (int state = 0; state <= 8; ++state) {
        auto seen = with_backend(BusState::kInitialising);
        seen.frontend = static_cast<BusState>(state);
        EXPECT_EQ(attach.seen(seen), Act::kWait) << state;
    }
}

TEST(Attach, ABackendThatClosesHasFailed) {
    Attach attach{Attach::Hotplug::kBuiltIn};
    auto seen = with_backend(BusState::kClosing);
    seen.complaint = "22 reading script";
    EXPECT_EQ(attach.seen(seen), Act::kFail);
    EXPECT_EQ(attach.failure(),
              "its backend gave it up: its backend's state is 5 (Closing), its frontend's 1 "
              "(Initialising); its driver says \"22 reading script\"");
    EXPECT_EQ(attach.timed_out(), Act::kWait);
}

TEST(Attach, ABackendThatVanishesHasFailed) {
    Attach attach{Attach::Hotplug::kScript};
    EXPECT_EQ(attach.seen(with_backend(BusState::kNone)), Act::kWait);
    EXPECT_EQ(attach.seen(with_backend(BusState::kInitWait)), Act::kHotplug);
    EXPECT_EQ(attach.seen(with_backend(BusState::kNone)), Act::kFail);
    EXPECT_EQ(attach.hotplug_ended(""), Act::kWait);
}

TEST(Attach, AHotplugThatFailsSaysWhy) {
    Attach attach{Attach::Hotplug::kScript};
    attach.seen(with_backend(BusState::kInitWait));
    EXPECT_EQ(attach.hotplug_ended("/etc/xen/scripts/vif-own ended with status 1"), Act::kFail);
    EXPECT_EQ(attach.failure().find("/etc/xen/scripts/vif-own ended with status 1: "), 0U);
}

TEST(Attach, AnErrorInTheStatusIsOneBeforeTheScriptEnds) {
    Attach attach{Attach::Hotplug::kScript};
    attach.seen(with_backend(BusState::kInitWait));
    auto seen = with_backend(BusState::kInitWait);
    seen.hotplug_status = "error";
    seen.hotplug_error = "Could not find bridge device xenbr0";
    EXPECT_EQ(attach.seen(seen), Act::kFail);
    EXPECT_NE(attach.failure().find("\"Could not find bridge device xenbr0\""), std::string::npos);
}

TEST(Attach, EachWaitHasItsOwnEnd) {
    Attach attach{Attach::Hotplug::kBuiltIn};
    attach.seen(with_backend(BusState::kInitialising));
    EXPECT_EQ(attach.timed_out(), Act::kFail);
    EXPECT_EQ(attach.failure(),
              "no backend took it within 10 s: its backend's state is 1 "
              "(Initialising), its frontend's 1 (Initialising)");
    Attach slow{Attach::Hotplug::kScript};
    slow.seen(with_backend(BusState::kInitWait));
    EXPECT_EQ(slow.timed_out(), Act::kFail);
    EXPECT_EQ(slow.failure().find("the hotplug did not end within 40 s"), 0U);
}

TEST(BusStates, AreOneDigitOrNone) {
    EXPECT_EQ(parse_state("4"), BusState::kConnected);
    for (const auto* odd : {"", "0", "9", "44", " 4", "4 ", "-1", "x", "4\n"})
        EXPECT_EQ(parse_state(odd), BusState::kNone) << odd;
    EXPECT_EQ(parse_state(std::nullopt), BusState::kNone);
}

}  // namespace
}  // namespace zeroth::device
