// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "tests/unit/xenstore/server/fixture.hpp"

namespace zeroth::xenstored {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using enum xs::MessageType;

constexpr DomainId kGuest{5};

TEST(Watch, IsTrueFromTheStartAndComesBeforeTheReplyLater) {
    Bench bench;
    EXPECT_THAT(bench.ask(bench.dom0, kWatch, "/a|t|"), ElementsAre("WATCH OK|", "EVENT /a|t|"));
    EXPECT_THAT(bench.ask(bench.dom0, kWatch, "/a|t|"), ElementsAre("ERROR EEXIST|"));
    EXPECT_THAT(bench.ask(bench.dom0, kWrite, "/a/b|x"), ElementsAre("EVENT /a/b|t|", "WRITE OK|"));
    EXPECT_THAT(bench.ask(bench.dom0, kMkdir, "/a/b|"), ElementsAre("MKDIR OK|"));
    EXPECT_THAT(bench.ask(bench.dom0, kSetPerms, "/a/b|r0|"),
                ElementsAre("EVENT /a/b|t|", "SET_PERMS OK|"));
    EXPECT_THAT(bench.ask(bench.dom0, kWrite, "/ab|x"), ElementsAre("WRITE OK|"));
    EXPECT_THAT(bench.ask(bench.dom0, kUnwatch, "/a|t|"), ElementsAre("UNWATCH OK|"));
    EXPECT_THAT(bench.ask(bench.dom0, kWrite, "/a/b|x"), ElementsAre("WRITE OK|"));
}

TEST(Watch, EventsComeInTheOrderTheWatchesWereMade) {
    Bench bench;
    for (const auto* watch : {"/a/b|1|", "/|2|", "/a|3|", "/a/b|4|"}) {
        bench.ask(bench.dom0, kWatch, watch);
    }
    EXPECT_THAT(bench.ask(bench.dom0, kWrite, "/a/b|x"),
                ElementsAre("EVENT /a/b|1|", "EVENT /a/b|2|", "EVENT /a/b|3|", "EVENT /a/b|4|",
                            "WRITE OK|"));
}

TEST(Watch, RemovalTellsThoseBelowOfTheirOwnNode) {
    Bench bench;
    bench.ask(bench.dom0, kWrite, "/a/b/c|x");
    for (const auto* watch : {"/a/b/c|1|", "/a|2|", "/a/b/none|3|"}) {
        bench.ask(bench.dom0, kWatch, watch);
    }
    EXPECT_THAT(bench.ask(bench.dom0, kRm, "/a/b|"),
                ElementsAre("EVENT /a/b/c|1|", "EVENT /a/b|2|", "RM OK|"));
}

TEST(Watch, ReachesAsFarAsItsDepth) {
    Bench bench;
    for (const auto* watch : {"/a|0|0|", "/a|1|1|", "/|r|1|"}) {
        bench.ask(bench.dom0, kWatch, watch);
    }
    EXPECT_THAT(bench.ask(bench.dom0, kWrite, "/a|x"),
                ElementsAre("EVENT /a|0|", "EVENT /a|1|", "EVENT /a|r|", "WRITE OK|"));
    EXPECT_THAT(bench.ask(bench.dom0, kWrite, "/a/b|x"), ElementsAre("EVENT /a/b|1|", "WRITE OK|"));
    EXPECT_THAT(bench.ask(bench.dom0, kWrite, "/a/b/c|x"), ElementsAre("WRITE OK|"));
}

TEST(Watch, ThatIsRelativeGetsRelativeEvents) {
    Bench bench;
    bench.domain(5);
    EXPECT_THAT(bench.ask(kGuest, kWatch, "data|t|"), ElementsAre("WATCH OK|", "EVENT data|t|"));
    EXPECT_THAT(bench.ask(kGuest, kWatch, "/local/domain/5/data|t|"), ElementsAre("ERROR EEXIST|"));
    bench.ask(bench.dom0, kWrite, "/local/domain/5/data/x|1");
    EXPECT_THAT(bench.take(kGuest), IsEmpty());
    bench.ask(bench.dom0, kSetPerms, "/local/domain/5/data|r5|");
    bench.ask(bench.dom0, kWrite, "/local/domain/5/data/x|2");
    EXPECT_THAT(bench.take(kGuest), ElementsAre("EVENT data|t|", "EVENT data/x|t|"));
}

TEST(Watch, TellsWhoMayReadTheNodeNowOrCouldBefore) {
    Bench bench;
    bench.domain(5);
    bench.ask(bench.dom0, kWrite, "/a/b|x");
    bench.ask(bench.dom0, kSetPerms, "/a/b|n0|r5|");
    bench.ask(kGuest, kWatch, "/a|t|");
    bench.ask(bench.dom0, kWrite, "/a/hidden|x");
    EXPECT_THAT(bench.take(kGuest), IsEmpty());
    bench.ask(bench.dom0, kSetPerms, "/a/b|n0|");
    EXPECT_THAT(bench.take(kGuest), ElementsAre("EVENT /a/b|t|"));
    bench.ask(bench.dom0, kWrite, "/a/b|y");
    EXPECT_THAT(bench.take(kGuest), IsEmpty());
    bench.ask(bench.dom0, kSetPerms, "/a/b|r0|");
    bench.ask(bench.dom0, kRm, "/a/b|");
    EXPECT_THAT(bench.take(kGuest), ElementsAre("EVENT /a/b|t|"));
}

TEST(Watch, AnEqualEventIsSaidOnceUntilItIsRead) {
    Bench bench;
    const auto watcher = bench.socket();
    bench.ask(watcher, kWatch, "/a|t|");
    for (int i = 0; i < 100; ++i) {
        for (int j = 0; j < 20; ++j) {
            bench.ask(bench.dom0, kWrite, "/a/" + std::to_string(j) + "|x");
        }
    }
    EXPECT_EQ(bench.take(watcher).size(), 20U);
    bench.ask(bench.dom0, kWrite, "/a/1|x");
    EXPECT_THAT(bench.take(watcher), ElementsAre("EVENT /a/1|t|"));
}

TEST(Watch, OnDomainsComingAndGoing) {
    Bench bench;
    for (const auto* watch : {"@introduceDomain|i|", "@releaseDomain|r|", "@releaseDomain|d|1|",
                              "@releaseDomain/5|five|", "@releaseDomain/6|six|"}) {
        bench.ask(bench.dom0, kWatch, watch);
    }
    bench.host.domains = {5};
    EXPECT_THAT(bench.ask(bench.dom0, kIntroduce, "5|1|2|"),
                ElementsAre("EVENT @introduceDomain|i|", "INTRODUCE OK|"));
    EXPECT_THAT(bench.ask(bench.dom0, kIntroduce, "5|1|3|"), ElementsAre("INTRODUCE OK|"));
    bench.store->domains_changed(std::array{kGuest});
    EXPECT_THAT(bench.take(bench.dom0),
                ElementsAre("EVENT @releaseDomain|r|", "EVENT @releaseDomain/5|d|",
                            "EVENT @releaseDomain/5|five|"));
    bench.store->domains_changed(std::array{kGuest});
    EXPECT_THAT(bench.take(bench.dom0), IsEmpty());
    bench.host.domains.clear();
    bench.store->domains_changed({});
    EXPECT_EQ(bench.take(bench.dom0).size(), 3U);
    EXPECT_FALSE(bench.store->ring(kGuest).has_value());
    EXPECT_FALSE(bench.host.connected.contains(5));
}

TEST(Watch, IsGoneAfterAReset) {
    Bench bench;
    bench.domain(5);
    bench.ask(kGuest, kWatch, "@releaseDomain|t|");
    bench.ask(kGuest, kTransactionStart, "|");
    EXPECT_THAT(bench.ask(kGuest, kResetWatches, "|"), ElementsAre("RESET OK|"));
    EXPECT_THAT(bench.ask(kGuest, kTransactionEnd, "T|", 1), ElementsAre("ERROR ENOENT|"));
    EXPECT_THAT(bench.ask(kGuest, kWatch, "@releaseDomain|t|"),
                ElementsAre("WATCH OK|", "EVENT @releaseDomain|t|"));
}

TEST(Watch, FindsOneOfAThousand) {
    Bench bench;
    for (int i = 0; i < 1000; ++i) {
        bench.ask(bench.dom0, kWatch, "/w/" + std::to_string(i) + "|t|");
    }
    EXPECT_THAT(bench.ask(bench.dom0, kWrite, "/w/500|x"),
                ElementsAre("EVENT /w/500|t|", "WRITE OK|"));
}

}  // namespace
}  // namespace zeroth::xenstored
