// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <string>

#include "libdomain/console/log_name.hpp"
#include "libdomain/console/recent.hpp"
#include "libdomain/console/rotation.hpp"
#include "libdomain/console/token_bucket.hpp"

namespace zeroth::console {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr TokenBucket::Time kStart{1000s};

TEST(TokenBucket, LetsABurstThroughAndThenItsRate) {
    TokenBucket bucket{1000, 5000};
    EXPECT_EQ(bucket.available(kStart), 5000U);
    bucket.take(5000);
    EXPECT_EQ(bucket.available(kStart), 0U);
    EXPECT_EQ(bucket.available(kStart + 500ms), 500U);
    bucket.take(500);
    EXPECT_EQ(bucket.available(kStart + 1s), 500U);
    EXPECT_EQ(bucket.available(kStart + 60s), 5000U);
}

TEST(TokenBucket, ManyShortLooksAddUpToOneLongOne) {
    TokenBucket bucket{1000, 5000};
    bucket.available(kStart);
    bucket.take(5000);
    for (auto after = 100us; after <= 1s; after += 100us) bucket.available(kStart + after);
    EXPECT_NEAR(static_cast<double>(bucket.available(kStart + 1s)), 1000, 1);
}

TEST(TokenBucket, TimeThatGoesBackwardsGivesNothing) {
    TokenBucket bucket{1000, 5000};
    bucket.available(kStart);
    bucket.take(5000);
    EXPECT_EQ(bucket.available(kStart - 10s), 0U);
    EXPECT_EQ(bucket.available(kStart + 1s), 1000U);
}

TEST(TokenBucket, SaysHowLongToWait) {
    TokenBucket bucket{1000, 5000};
    bucket.available(kStart);
    EXPECT_EQ(bucket.wait(5000), 0ns);
    bucket.take(5000);
    EXPECT_EQ(bucket.wait(500), 500ms);
    // More than the burst never comes at once.
    EXPECT_EQ(bucket.wait(50000), 5s);
}

TEST(Recent, KeepsTheLastBytesByTheirPosition) {
    Recent recent{100, 10};
    recent.append("0123456789");
    EXPECT_EQ(recent.begin(), 100U);
    EXPECT_EQ(recent.end(), 110U);
    for (int i = 0; i < 100; ++i) recent.append("abcdefg");
    EXPECT_EQ(recent.end(), 810U);
    EXPECT_GE(recent.end() - recent.begin(), 10U);
    EXPECT_LE(recent.end() - recent.begin(), 20U);
    std::array<char, 7> copy{};
    EXPECT_EQ(recent.read(803, copy), 7U);
    EXPECT_EQ(std::string(copy.data(), copy.size()), "abcdefg");
    EXPECT_EQ(recent.read(809, copy), 1U);
    EXPECT_EQ(recent.read(810, copy), 0U);
}

TEST(Rotation, MovesEachOutOfTheWayOfTheNext) {
    std::vector<std::string> moves;
    for (const auto& move : plan_rotation("g.log", 4)) moves.push_back(move.from + ">" + move.to);
    EXPECT_THAT(moves, ElementsAre("g.log.2>g.log.3", "g.log.1>g.log.2", "g.log>g.log.1"));
    EXPECT_THAT(plan_rotation("g.log", 1), IsEmpty());
}

TEST(Rotation, TheOldestGoFirstAndThoseInUseStay) {
    const std::vector<LogFile> files{
        {"new", 40, 30, false}, {"oldest", 30, 10, true}, {"old", 30, 20, false}};
    EXPECT_THAT(surplus(files, 100), IsEmpty());
    EXPECT_THAT(surplus(files, 99), ElementsAre("old"));
    EXPECT_THAT(surplus(files, 50), ElementsAre("old", "new"));
    EXPECT_THAT(surplus(files, 0), ElementsAre("old", "new"));
}

TEST(LogName, IsXenconsoleds) {
    EXPECT_EQ(log_name("g1", Kind::kPv, 0), "guest-g1.log");
    EXPECT_EQ(log_name("g1", Kind::kVuart, 0), "guest-g1-vuart0.log");
    EXPECT_EQ(log_name("g1", Kind::kPv, 2), "guest-g1-channel2.log");
}

TEST(LogName, NeverLeadsOutOfTheFolder) {
    EXPECT_EQ(log_name("../../etc/passwd\n", Kind::kPv, 0), "guest-.._.._etc_passwd_.log");
    EXPECT_LE(log_name(std::string(5000, 'x'), Kind::kVuart, 0).size(), 250U);
}

}  // namespace
}  // namespace zeroth::console
