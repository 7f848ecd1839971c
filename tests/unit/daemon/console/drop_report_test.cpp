// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "daemon/console/happening.hpp"

namespace zeroth::daemon::console {
namespace {

using namespace std::chrono_literals;

TEST(DropReportTest, TellsAtOnceThenOnceAMinuteAndTheRestAtTheEnd) {
    DropReport report;
    const DropReport::Clock::time_point start{};
    EXPECT_FALSE(report.due({}, start));
    EXPECT_EQ(report.due({.rotated = 10}, start), (Dropped{.rotated = 10}));
    EXPECT_FALSE(report.due({.rotated = 20}, start + 59s));
    EXPECT_EQ(report.due({.rotated = 20, .unwritten = 5}, start + 60s),
              (Dropped{.rotated = 10, .unwritten = 5}));
    EXPECT_FALSE(report.due({.rotated = 20, .unwritten = 5}, start + 200s));
    EXPECT_FALSE(report.rest({.rotated = 20, .unwritten = 5}));
    EXPECT_EQ(report.rest({.rotated = 20, .unwritten = 6}), (Dropped{.unwritten = 1}));
}

}  // namespace
}  // namespace zeroth::daemon::console
