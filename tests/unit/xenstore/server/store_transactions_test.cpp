// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/xenstore/server/fixture.hpp"

namespace zeroth::xenstored {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using enum xs::MessageType;

std::uint32_t start(Bench& bench, ConnectionId client) {
    const auto reply = bench.ask(client, kTransactionStart, "|").at(0);
    return static_cast<std::uint32_t>(std::stoul(reply.substr(6)));
}

/// What the transaction does, what domain 0 does meanwhile, and how it ends.
struct Case {
    const char* name;
    xs::MessageType type;
    std::string_view request;
    xs::MessageType other_type;
    std::string_view other_request;
    std::string_view end;
};

constexpr Case kCases[] = {
    {"value read, value written", kRead, "/n/a|", kWrite, "/n/a|other", "ERROR EAGAIN|"},
    {"value read, same value written", kRead, "/n/a|", kWrite, "/n/a|1", "END OK|"},
    {"value read, child made", kRead, "/n/a|", kWrite, "/n/a/b|x", "END OK|"},
    {"value read, sibling written", kRead, "/n/a|", kWrite, "/n/b|x", "END OK|"},
    {"value read, permissions set", kRead, "/n/a|", kSetPerms, "/n/a|r0|", "END OK|"},
    {"value read, node removed", kRead, "/n/a|", kRm, "/n|", "ERROR EAGAIN|"},
    {"absence read, node made", kRead, "/n/c|", kWrite, "/n/c|", "ERROR EAGAIN|"},
    {"list read, child made", kDirectory, "/n|", kWrite, "/n/c|", "ERROR EAGAIN|"},
    {"list read, child written", kDirectory, "/n|", kWrite, "/n/a|other", "END OK|"},
    {"permissions read, set", kGetPerms, "/n/a|", kSetPerms, "/n/a|r0|", "ERROR EAGAIN|"},
    {"blind write, written", kWrite, "/n/a|mine", kWrite, "/n/a|other", "END OK|"},
    {"blind write, removed", kWrite, "/n/a|mine", kRm, "/n|", "END OK|"},
    {"permissions set, node removed", kSetPerms, "/n/a|r0|", kRm, "/n/a|", "ERROR EAGAIN|"},
    {"removed, removed above", kRm, "/n/a|", kRm, "/n|", "ERROR EAGAIN|"},
    {"missing removed, parent made", kRm, "/m/a|", kWrite, "/m|", "ERROR EAGAIN|"},
};

TEST(Transaction, ConflictsOnlyWhereWhatItReadHasChanged) {
    for (const auto& row : kCases) {
        Bench bench;
        bench.ask(bench.dom0, kWrite, "/n/a|1");
        const auto client = bench.socket();
        const auto id = start(bench, client);
        bench.ask(client, row.type, row.request, id);
        bench.ask(client, kWrite, "/done|", id);
        bench.ask(bench.dom0, row.other_type, row.other_request);
        EXPECT_THAT(bench.ask(client, kTransactionEnd, "T|", id), ElementsAre(row.end)) << row.name;
        const auto done = row.end == "END OK|" ? "READ " : "ERROR ENOENT|";
        EXPECT_THAT(bench.ask(bench.dom0, kRead, "/done|"), ElementsAre(done)) << row.name;
    }
}

TEST(Transaction, SeesASnapshotAndItsOwnWrites) {
    Bench bench;
    bench.ask(bench.dom0, kWrite, "/a|1");
    const auto client = bench.socket();
    const auto id = start(bench, client);
    bench.ask(bench.dom0, kWrite, "/a|2");
    EXPECT_THAT(bench.ask(client, kRead, "/a|", id), ElementsAre("READ 1"));
    bench.ask(client, kWrite, "/b|mine", id);
    EXPECT_THAT(bench.ask(client, kRead, "/b|", id), ElementsAre("READ mine"));
    EXPECT_THAT(bench.ask(bench.dom0, kRead, "/b|"), ElementsAre("ERROR ENOENT|"));
    EXPECT_THAT(bench.ask(client, kTransactionEnd, "F|", id), ElementsAre("END OK|"));
    EXPECT_THAT(bench.ask(bench.dom0, kRead, "/b|"), ElementsAre("ERROR ENOENT|"));
}

TEST(Transaction, IsRefusedInsideAnotherAndUnknownOnesAreNotThere) {
    Bench bench;
    const auto id = start(bench, bench.dom0);
    EXPECT_THAT(bench.ask(bench.dom0, kTransactionStart, "|", id), ElementsAre("ERROR EBUSY|"));
    EXPECT_THAT(bench.ask(bench.dom0, kRead, "/|", 99), ElementsAre("ERROR ENOENT|"));
    EXPECT_THAT(bench.ask(bench.dom0, kTransactionEnd, "x|", id), ElementsAre("ERROR EINVAL|"));
    EXPECT_THAT(bench.ask(bench.dom0, kWatch, "/|t|", 99), ElementsAre("WATCH OK|", "EVENT /|t|"));
    EXPECT_THAT(bench.ask(bench.dom0, kTransactionEnd, "T|", id), ElementsAre("END OK|"));
    EXPECT_THAT(bench.ask(bench.dom0, kTransactionEnd, "T|", id), ElementsAre("ERROR ENOENT|"));
}

TEST(Transaction, TellsWatchesOfItsNetEffect) {
    Bench bench;
    bench.ask(bench.dom0, kWrite, "/a/old/deep|x");
    const auto watcher = bench.socket();
    bench.ask(watcher, kWatch, "/a|t|");
    bench.ask(watcher, kWatch, "/a/old/deep|deep|");
    const auto id = start(bench, bench.dom0);
    bench.ask(bench.dom0, kWrite, "/a/x|1", id);
    bench.ask(bench.dom0, kWrite, "/a/x|2", id);
    bench.ask(bench.dom0, kWrite, "/a/y|1", id);
    bench.ask(bench.dom0, kRm, "/a/y|", id);
    bench.ask(bench.dom0, kRm, "/a/old|", id);
    EXPECT_THAT(bench.take(watcher), IsEmpty());
    EXPECT_THAT(bench.ask(bench.dom0, kTransactionEnd, "T|", id), ElementsAre("END OK|"));
    EXPECT_THAT(bench.take(watcher),
                ElementsAre("EVENT /a/x|t|", "EVENT /a/old|t|", "EVENT /a/old/deep|deep|"));
}

/// What a transaction comes to does not depend on what else has happened.
struct Ending {
    std::string tree;
    std::vector<std::string> told;
    std::uint64_t memory;
    std::string after_restart;
};

Ending carry_out(bool disturbed, bool forgotten) {
    Bench bench;
    bench.domain(5);
    bench.ask(bench.dom0, kWrite, "/a/old|x");
    bench.ask(bench.dom0, kWrite, "/else|x");
    const auto watcher = bench.socket();
    bench.ask(watcher, kWatch, "/a|t|");
    const auto id = start(bench, bench.dom0);
    bench.ask(bench.dom0, kWrite, "/a/new|1", id);
    bench.ask(bench.dom0, kSetPerms, "/a/new|n5|r0|", id);
    bench.ask(bench.dom0, kWrite, "/a/new/below|1", id);
    bench.ask(bench.dom0, kWrite, "/a/new|longer than it was", id);
    bench.ask(bench.dom0, kWrite, "/a/old|", id);
    bench.ask(bench.dom0, kSetPerms, "/a/old|n0|r5|", id);
    bench.ask(bench.dom0, kSetPerms, "/a/old|n0|b5|", id);
    if (disturbed) bench.ask(bench.dom0, kWrite, "/else|x");
    if (forgotten) {
        bench.host.domains.erase(5);
        bench.store->domains_changed({});
        bench.take(watcher);
    }
    EXPECT_THAT(bench.ask(bench.dom0, kTransactionEnd, "T|", id), ElementsAre("END OK|"));
    Bench fresh;
    bench.sink.apply_to(*fresh.store);
    return {bench.dump(), bench.take(watcher), bench.store->memory(), fresh.dump()};
}

TEST(Transaction, ComesToTheSameWhetherOrNotAnythingElseHappened) {
    for (const bool forgotten : {false, true}) {
        const auto alone = carry_out(false, forgotten), disturbed = carry_out(true, forgotten);
        EXPECT_EQ(alone.tree, disturbed.tree);
        EXPECT_EQ(alone.told, disturbed.told);
        EXPECT_THAT(alone.told,
                    ElementsAre("EVENT /a/new|t|", "EVENT /a/new/below|t|", "EVENT /a/old|t|"));
        EXPECT_EQ(alone.memory, disturbed.memory);
        EXPECT_EQ(alone.after_restart, alone.tree);
    }
}

TEST(Transaction, OfAGuestConflictsWhenItsRightsWereTaken) {
    Bench bench;
    bench.domain(5);
    const DomainId guest{5};
    bench.ask(bench.dom0, kWrite, "/g|x");
    bench.ask(bench.dom0, kSetPerms, "/g|n0|b5|");
    ASSERT_THAT(bench.ask(guest, kTransactionStart, "|"), ElementsAre("START 1|"));
    bench.ask(guest, kWrite, "/g|y", 1);
    bench.ask(bench.dom0, kSetPerms, "/g|n0|");
    EXPECT_THAT(bench.ask(guest, kTransactionEnd, "T|", 1), ElementsAre("ERROR EAGAIN|"));
    EXPECT_THAT(bench.ask(bench.dom0, kRead, "/g|"), ElementsAre("READ x"));
}

}  // namespace
}  // namespace zeroth::xenstored
