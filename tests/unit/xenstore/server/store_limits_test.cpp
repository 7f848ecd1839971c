// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "tests/unit/xenstore/server/fixture.hpp"

namespace zeroth::xenstored {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using enum xs::MessageType;

constexpr DomainId kGuest{5};

StoreOptions with(const Quotas& quotas) {
    StoreOptions options;
    options.quotas = quotas;
    return options;
}

TEST(StoreLimits, WithoutRoomNothingIsAddedAndAllElseGoesOn) {
    Bench bench;
    bench.host.domains.insert(6);
    bench.domain(5);
    bench.ask(bench.dom0, kWrite, "/local/domain/5|");
    bench.ask(bench.dom0, kSetPerms, "/local/domain/5|n5|");
    bench.ask(kGuest, kWrite, "a|1");
    bench.ask(kGuest, kWatch, "a|t|");
    bench.ask(kGuest, kTransactionStart, "|");
    bench.ask(kGuest, kWrite, "in|transaction", 1);
    const auto before = bench.dump();

    bench.sink.room = 0;
    const auto refused = ElementsAre("ERROR ENOSPC|");
    EXPECT_THAT(bench.ask(kGuest, kWrite, "a|2"), refused);
    EXPECT_THAT(bench.ask(kGuest, kMkdir, "b|"), refused);
    EXPECT_THAT(bench.ask(kGuest, kSetPerms, "a|r5|"), refused);
    EXPECT_THAT(bench.ask(kGuest, kWatch, "b|t|"), refused);
    EXPECT_THAT(bench.ask(kGuest, kTransactionStart, "|"), refused);
    EXPECT_THAT(bench.ask(kGuest, kTransactionEnd, "T|", 1), refused);
    EXPECT_THAT(bench.ask(bench.dom0, kIntroduce, "6|1|7|"), refused);
    EXPECT_THAT(bench.ask(bench.dom0, kSetTarget, "5|0|"), refused);
    EXPECT_EQ(bench.dump(), before);
    EXPECT_FALSE(bench.host.connected.contains(6));

    EXPECT_THAT(bench.ask(kGuest, kRead, "a|"), ElementsAre("READ 1"));
    EXPECT_THAT(bench.ask(kGuest, kUnwatch, "a|t|"), ElementsAre("UNWATCH OK|"));
    EXPECT_THAT(bench.ask(kGuest, kRm, "a|"), ElementsAre("RM OK|"));
    bench.sink.room = ~std::size_t{0};
    EXPECT_THAT(bench.ask(kGuest, kWrite, "a|2"), ElementsAre("WRITE OK|"));
}

TEST(StoreLimits, ATransactionNeedsRoomForAllItAdds) {
    Bench bench;
    const auto run = [&](xs::MessageType type, std::string_view request) {
        bench.sink.room = 2000;
        const auto client = bench.socket();
        bench.ask(client, kTransactionStart, "|");
        for (const auto* node : {"/a", "/b", "/c"}) {
            bench.ask(client, type, node + std::string{request}, 1);
        }
        bench.sink.room = 1000;
        return bench.ask(client, kTransactionEnd, "T|", 1).back();
    };
    EXPECT_EQ(run(kWrite, '|' + std::string(600, 'x')), "ERROR ENOSPC|");
    EXPECT_EQ(run(kWrite, "|x"), "END OK|");
    EXPECT_EQ(run(kRm, "|"), "END OK|");
}

TEST(StoreLimits, OneMoreDomainMayBePrivileged) {
    Bench bench{StoreOptions{.quotas = {.nodes = 1}, .privileged = kGuest}};
    for (const auto id : std::to_array<std::uint16_t>({5, 6})) bench.domain(id);
    EXPECT_THAT(bench.ask(kGuest, kWrite, "/vm/a/b/c|x"), ElementsAre("WRITE OK|"));
    EXPECT_THAT(bench.ask(kGuest, kIsDomainIntroduced, "6|"), ElementsAre("INTRODUCED T|"));
    EXPECT_THAT(bench.ask(bench.dom0, kGetPerms, "/vm/a|"), ElementsAre("GET_PERMS n0|"));
    const DomainId other{6};
    EXPECT_THAT(bench.ask(other, kWrite, "/vm/a/b/c|x"), ElementsAre("ERROR EACCES|"));
    EXPECT_THAT(bench.ask(other, kIsDomainIntroduced, "5|"), ElementsAre("ERROR EACCES|"));
}

TEST(StoreLimits, KnowsItsMemory) {
    Bench bench;
    const auto empty = bench.store->memory();
    for (int i = 0; i < 100; ++i) bench.ask(bench.dom0, kWrite, fmt::format("/n/{}|value", i));
    const auto full = bench.store->memory();
    EXPECT_GE(full, empty + 100 * 32);
    bench.ask(bench.dom0, kWatch, "/n|t|");
    EXPECT_GT(bench.store->memory(), full);
    bench.ask(bench.dom0, kUnwatch, "/n|t|");
    EXPECT_EQ(bench.store->memory(), full);
    bench.ask(bench.dom0, kRm, "/n|");
    bench.store->tidy();
    EXPECT_EQ(bench.store->memory(), empty);
}

TEST(StoreLimits, WarnsOncePerDomainOfItsSoftLimit) {
    Bench bench{with({.memory_soft = 1000})};
    for (const auto id : std::to_array<std::uint16_t>({5, 6})) {
        bench.domain(id);
        const auto home = fmt::format("/local/domain/{}", id);
        bench.ask(bench.dom0, kWrite, home + '|');
        bench.ask(bench.dom0, kSetPerms, fmt::format("{}|n{}|", home, id));
    }
    testing::internal::CaptureStderr();
    const auto write = [&](DomainId domain) {
        bench.ask(domain, kWrite, "a|" + std::string(1000, 'x'));
    };
    write(kGuest);
    write(kGuest);
    write(DomainId{6});
    const auto told = testing::internal::GetCapturedStderr();
    EXPECT_EQ(std::ranges::count(told, '\n'), 2) << told;
    EXPECT_THAT(told, HasSubstr("domain 5 uses"));
    EXPECT_THAT(told, HasSubstr("domain 6 uses"));
}

TEST(StoreLimits, ATransactionsNodesAreCountedOnceAndExactly) {
    Bench bench{with({.transaction_nodes = 2})};
    bench.domain(5);
    for (const auto* node : {"a", "b", "c"}) {
        bench.ask(bench.dom0, kWrite, fmt::format("/local/domain/5/{}|", node));
        bench.ask(bench.dom0, kSetPerms, fmt::format("/local/domain/5/{}|n5|", node));
    }
    bench.ask(kGuest, kTransactionStart, "|");
    const auto refused = ElementsAre("ERROR ENOSPC|");
    EXPECT_THAT(bench.ask(kGuest, kRead, "a|", 1), ElementsAre("READ "));
    EXPECT_THAT(bench.ask(kGuest, kWrite, "b|x", 1), ElementsAre("WRITE OK|"));
    EXPECT_THAT(bench.ask(kGuest, kRead, "c|", 1), refused);
    EXPECT_THAT(bench.ask(kGuest, kWrite, "a|y", 1), ElementsAre("WRITE OK|"));
    EXPECT_THAT(bench.ask(kGuest, kRead, "b|", 1), ElementsAre("READ x"));
    // What is not there is found to be so by way of its parent.
    EXPECT_THAT(bench.ask(kGuest, kRead, "a/none|", 1), refused);
    EXPECT_THAT(bench.ask(kGuest, kTransactionEnd, "T|", 1), ElementsAre("END OK|"));
    EXPECT_THAT(bench.ask(kGuest, kRead, "a|"), ElementsAre("READ y"));
}

}  // namespace
}  // namespace zeroth::xenstored
