// SPDX-License-Identifier: Apache-2.0
#include "daemon/lives/policy.hpp"

#include <gtest/gtest.h>

namespace zeroth::daemon::lives {
namespace {

using config::Action;

TEST(Policy, EachReasonHasItsAction) {
    Policies policies;
    policies.on_poweroff = Action::kPreserve;
    policies.on_reboot = Action::kRestart;
    policies.on_crash = Action::kCoredumpRestart;
    policies.on_watchdog = Action::kRenameRestart;
    EXPECT_EQ(judge(policies, 0).fate, Fate::kPreserve);
    EXPECT_EQ(judge(policies, 1).fate, Fate::kRestart);
    EXPECT_EQ(judge(policies, 3).fate, Fate::kRestart);
    EXPECT_TRUE(judge(policies, 3).dump_core);
    EXPECT_EQ(judge(policies, 3).action, "coredump-restart");
    EXPECT_EQ(judge(policies, 4).fate, Fate::kRenameAndRestart);
    EXPECT_FALSE(judge(policies, 4).dump_core);
}

TEST(Policy, ADomainThatSuspendedIsLeftAlone) {
    EXPECT_EQ(judge(Policies{}, 2).fate, Fate::kNothing);
}

TEST(Policy, AnUnknownReasonDestroys) {
    EXPECT_EQ(judge(Policies{}, 77).fate, Fate::kDestroy);
    EXPECT_EQ(reason_text(77), "reason 77");
    EXPECT_EQ(reason_text(5), "soft-reset");
    for (std::uint32_t code = 0; code < 9; ++code) EXPECT_EQ(reason_code(reason_text(code)), code);
}

TEST(Policy, SoftResetFallsBackOnRebootsActionAndSaysSo) {
    Policies policies;
    const auto usual = judge(policies, 5);
    EXPECT_EQ(usual.fate, Fate::kRestart);
    EXPECT_EQ(usual.action, "soft-reset");
    EXPECT_NE(usual.remark.find("restart"), std::string::npos);
    policies.on_reboot = Action::kCoredumpDestroy;
    EXPECT_EQ(judge(policies, 5).fate, Fate::kDestroy);
    EXPECT_TRUE(judge(policies, 5).dump_core);
    policies.on_reboot = Action::kSoftReset;
    EXPECT_EQ(judge(policies, 5).fate, Fate::kRestart);
}

TEST(Policy, ARetiredNameHasTheTimeInIt) {
    EXPECT_EQ(retired_name("g1", 1767225600000), "g1-20260101T0000Z");
}

}  // namespace
}  // namespace zeroth::daemon::lives
