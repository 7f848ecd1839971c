// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/xenstore/server/fixture.hpp"

namespace zeroth::xenstored {
namespace {

using testing::ElementsAre;
using enum xs::MessageType;

constexpr DomainId kGuest{5};

/// A guest with everything that outlives the process.
void make_busy(Bench& bench) {
    bench.ask(bench.dom0, kSetFeature, "5|6|");
    bench.host.domains.insert(5);
    bench.ask(bench.dom0, kSetFeature, "5|6|");
    bench.domain(5);
    bench.domain(6);
    bench.ask(bench.dom0, kRm, "/tool|");
    bench.ask(bench.dom0, kWrite, "/local/domain/5/data|x");
    bench.ask(bench.dom0, kSetPerms, "/local/domain/5/data|n5|r6|");
    bench.ask(bench.dom0, kSetTarget, "5|6|");
    bench.ask(bench.dom0, kSetQuota, "6|nodes|77|");
    bench.ask(bench.dom0, kSetPerms, "@releaseDomain|n0|r6|");
    bench.ask(kGuest, kWatch, "data|t|");
    bench.ask(kGuest, kWatch, "gone|t|");
    bench.ask(kGuest, kUnwatch, "gone|t|");
    bench.ask(kGuest, kWatch, "@releaseDomain|r|1|");
    bench.ask(kGuest, kTransactionStart, "|");
    // An event and the beginning of a request.
    bench.ask(bench.dom0, kWrite, "/local/domain/5/data|y");
    ASSERT_TRUE(bench.store->received(kGuest, "abc", bench.consumed += 3));
}

/// That the guest finds what it had, in a Store that has been given it.
void expect_busy(Bench& bench, Store& again) {
    EXPECT_EQ(Bench::dump(again), bench.dump());
    again.recovered();
    const auto before = bench.store->position(kGuest);
    const auto after = again.position(kGuest);
    ASSERT_TRUE(before && after);
    EXPECT_EQ(after->consumer, before->consumer);
    EXPECT_EQ(after->producer_end, before->producer_end);
    EXPECT_EQ(again.features(kGuest), 6U);
    // What lies behind rsp_prod is what it has not got.
    const auto ring = *again.ring(kGuest);
    const auto unsent = bench.store->output(*bench.store->ring(kGuest));
    ASSERT_GE(again.output(ring).size(), unsent.size());
    again.sent(ring, again.output(ring).size() - unsent.size());
    EXPECT_THAT(describe(again.output(ring)), ElementsAre("EVENT data|t|"));
    again.sent(ring, unsent.size());

    const auto dom0 = again.connect();
    again.handle(dom0, {kWrite, 1, 0, bytes("/local/domain/5/data|z")});
    EXPECT_THAT(describe(again.output(ring)), ElementsAre("EVENT data|t|"));
    again.sent(ring, again.output(ring).size());
    std::string stream;
    const auto payload = bytes("T|");
    xs::encode(xs::Frame{kTransactionEnd, 1, 1, payload}, stream);
    again.restart(kGuest, 0, 0);
    ASSERT_TRUE(again.received(kGuest, stream, 18));
    EXPECT_THAT(describe(again.output(ring)), ElementsAre("ERROR EAGAIN|"));
}

TEST(StoreRecovery, TheChangesMakeTheSameStore) {
    Bench bench;
    make_busy(bench);
    MemorySink nowhere;
    Store again{{}, bench.host, nowhere};
    bench.sink.apply_to(again);
    expect_busy(bench, again);
}

TEST(StoreRecovery, ASnapshotMakesTheSameStore) {
    Bench bench;
    make_busy(bench);
    MemorySink written, nowhere;
    const auto snapshot = bench.store->snapshot();
    while (snapshot->write(written, 2)) continue;
    ASSERT_TRUE(written.commit());
    Store again{{}, bench.host, nowhere};
    written.apply_to(again);
    expect_busy(bench, again);
}

TEST(StoreRecovery, DomainsThatDiedMeanwhileAreReleased) {
    Bench bench;
    make_busy(bench);
    bench.host.domains = {6};
    MemorySink nowhere;
    Store again{{}, bench.host, nowhere};
    bench.sink.apply_to(again);
    again.recovered();
    EXPECT_FALSE(again.ring(kGuest).has_value());
    EXPECT_TRUE(again.ring(DomainId{6}).has_value());
    EXPECT_EQ(Bench::dump(again).find("data"), std::string::npos);
}

TEST(StoreRecovery, ChangesThatMakeNoSenseAreErrors) {
    Bench bench;
    const std::vector<Permission> none;
    const Change changes[] = {
        WriteNode{"relative", "x", {}},
        WriteNode{"/a//b", "x", {}},
        WriteNode{"", "x", {}},
        RemoveNode{"/"},
        SetNodePermissions{"/tool", none},
        SetNodePermissions{"/none", std::vector<Permission>{{kDomain0, Access::kNone}}},
        AddWatch{kGuest, "/a", "t", {}},
        RemoveWatch{kGuest, "/a", "t"},
        OpenTransaction{kGuest, 1},
        CloseTransaction{kGuest, 1},
        ResetConnection{kGuest},
        RingInput{kGuest, 1, {}},
        RingOutput{kGuest, "x"},
        RingOutputStart{kGuest, 1},
        SetQuotaLimit{{}, "none", 1},
    };
    for (const auto& change : changes) EXPECT_FALSE(bench.store->apply(change)) << change.index();
}

}  // namespace
}  // namespace zeroth::xenstored
