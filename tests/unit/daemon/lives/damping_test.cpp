// SPDX-License-Identifier: Apache-2.0
#include "daemon/lives/damping.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace zeroth::daemon::lives {
namespace {

TEST(Damping, WaitsDoubleUpToAMinute) {
    std::vector<std::int64_t> seconds;
    for (unsigned i = 0; i < 12; ++i) seconds.push_back(wait_after(i).count() / 1000);
    EXPECT_EQ(seconds, (std::vector<std::int64_t>{0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60}));
    EXPECT_EQ(wait_after(4000000000U), kLongestWait);
}

TEST(Damping, OneLongLifeForgivesAllShortOnes) {
    Record record;
    std::int64_t now = 1000000;
    for (int i = 0; i < 3; ++i) {
        record.born_ms = now;
        now += 500;
        note_death(record, now, 1);
    }
    EXPECT_EQ(record.short_lives, 3U);
    EXPECT_EQ(record.not_before_ms, now + 2000);
    EXPECT_EQ(record.died_ms, now);
    EXPECT_EQ(record.last_code, 1U);
    record.born_ms = now;
    note_death(record, now + 11000, 1);
    EXPECT_EQ(record.short_lives, 0U);
    EXPECT_EQ(record.not_before_ms, now + 11000);
}

TEST(Damping, AFailedStartWaitsASecondAtLeast) {
    Record record;
    note_failed_start(record, 5000, "no memory");
    EXPECT_EQ(record.not_before_ms, 6000);
    EXPECT_EQ(record.trouble, "no memory");
    note_birth(record, 7000, DomainId{9});
    EXPECT_EQ(record.trouble, "");
    EXPECT_EQ(record.domid, DomainId{9});
    EXPECT_EQ(record.lives, 2U);
    EXPECT_EQ(record.intent, Intent::kNone);
}

TEST(Damping, AClockSetBackMakesALifeShort) {
    Record record;
    record.born_ms = 100000;
    note_death(record, 50000, 1);
    EXPECT_EQ(record.short_lives, 1U);
}

}  // namespace
}  // namespace zeroth::daemon::lives
