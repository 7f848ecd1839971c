// SPDX-License-Identifier: Apache-2.0
#include "xenstore/server/retries.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/xenstore/server/fixture.hpp"

namespace zeroth::xenstored {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using enum Retries::Outcome;
using enum xs::MessageType;

constexpr Retries::Clock::time_point kNow{};
constexpr std::uint32_t kFirst = Retries::kAtOnce;

ConnectionId client(std::uint32_t number) { return ConnectionId{number}; }

/// As many try again as may; these, and two more, have failed.
struct RetriesFull : testing::Test {
    RetriesFull() {
        for (std::uint32_t number = 0; number < kFirst + 2; ++number) {
            retries.ended(client(number), kInVain);
        }
        for (std::uint32_t number = 0; number < kFirst; ++number) {
            EXPECT_TRUE(retries.begin(client(number), kNow));
        }
    }
    Retries retries;
};

TEST_F(RetriesFull, AreServedInTheOrderTheyCame) {
    EXPECT_EQ(retries.deadline(), std::nullopt);
    EXPECT_FALSE(retries.begin(client(kFirst + 1), kNow));
    EXPECT_FALSE(retries.begin(client(kFirst), kNow));
    EXPECT_EQ(retries.next(kNow), std::nullopt);
    retries.ended(client(0), kDone);
    EXPECT_EQ(retries.next(kNow), client(kFirst + 1));
    EXPECT_EQ(retries.next(kNow), std::nullopt);
    // Who fails again is behind those who wait already.
    retries.ended(client(1), kInVain);
    EXPECT_FALSE(retries.begin(client(1), kNow));
    EXPECT_EQ(retries.next(kNow), client(kFirst));
}

TEST_F(RetriesFull, HoldNobodyWhoHasNotFailed) {
    EXPECT_TRUE(retries.begin(client(100), kNow));
    retries.ended(client(0), kDone);
    EXPECT_TRUE(retries.begin(client(0), kNow));
    EXPECT_TRUE(retries.begin(client(1), kNow)) << "one more of a client that tries already";
}

TEST_F(RetriesFull, HoldNobodyForLong) {
    EXPECT_FALSE(retries.begin(client(kFirst), kNow));
    EXPECT_EQ(retries.deadline(), kNow + Retries::kPatience);
    EXPECT_EQ(retries.next(kNow + Retries::kPatience), client(kFirst));
    EXPECT_EQ(retries.deadline(), std::nullopt);
}

TEST_F(RetriesFull, ForgetWhoIsGone) {
    EXPECT_FALSE(retries.begin(client(kFirst), kNow));
    EXPECT_FALSE(retries.begin(client(kFirst + 1), kNow));
    retries.forget(client(kFirst));
    retries.forget(client(0));
    EXPECT_EQ(retries.next(kNow), client(kFirst + 1));
    EXPECT_EQ(retries.next(kNow), std::nullopt);
    EXPECT_EQ(retries.deadline(), std::nullopt);
}

/// A client whose transaction has failed.
ConnectionId loser(Bench& bench) {
    const auto id = bench.socket();
    bench.ask(id, kTransactionStart, "|");
    bench.ask(id, kRead, "/contended|", 1);
    bench.ask(bench.dom0, kWrite, "/contended|");
    bench.ask(bench.dom0, kWrite, "/contended|" + std::to_string(id.raw()));
    EXPECT_THAT(bench.ask(id, kTransactionEnd, "T|", 1), ElementsAre("ERROR EAGAIN|"));
    return id;
}

TEST(StoreRetries, AreAnsweredOnceOthersHaveEnded) {
    Bench bench;
    bench.ask(bench.dom0, kWrite, "/contended|");
    std::vector<ConnectionId> losers;
    for (std::size_t i = 0; i < Retries::kAtOnce + 2; ++i) losers.push_back(loser(bench));
    const auto gone = losers.back();
    losers.pop_back();
    const auto held = losers.back();
    losers.pop_back();
    for (const auto id : losers) {
        EXPECT_THAT(bench.ask(id, kTransactionStart, "|"), ElementsAre("START 2|"));
    }
    EXPECT_THAT(bench.ask(gone, kTransactionStart, "|"), IsEmpty());
    EXPECT_THAT(bench.ask(held, kTransactionStart, "|"), IsEmpty());
    EXPECT_FALSE(bench.store->wants_input(held));
    EXPECT_TRUE(bench.store->deadline().has_value());
    bench.store->disconnect(gone);
    bench.ask(losers.front(), kTransactionEnd, "F|", 2);
    bench.store->start_held();
    EXPECT_TRUE(bench.store->wants_input(held));
    EXPECT_THAT(bench.take(held), ElementsAre("START 2|"));
    EXPECT_FALSE(bench.store->deadline().has_value());
}

}  // namespace
}  // namespace zeroth::xenstored
