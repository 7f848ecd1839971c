// SPDX-License-Identifier: Apache-2.0
#include "xenstore/server/store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/xenstore/server/fixture.hpp"

namespace zeroth::xenstored {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using enum xs::MessageType;

constexpr DomainId kGuest{5};
constexpr DomainId kOther{6};

TEST(Store, IsBornWithTheReferencesNodes) {
    Bench bench;
    EXPECT_THAT(bench.dump(), testing::StartsWith("/ [n0 ] \n/tool [n0 ] \n"
                                                  "/tool/xenstored [n0 ] \n@introduceDomain n0"));
}

struct Row {
    /// 0 is a socket client, others are domains.
    std::uint16_t client;
    xs::MessageType type;
    std::string_view request;
    std::string_view reply;
};

/// Each row on the state that those before it left; domains 5 and 6 are there, 9 is not.
constexpr Row kRows[] = {
    // Nodes.
    {0, kWrite, "/a/b|hello", "WRITE OK|"},
    {0, kRead, "/a/b|", "READ hello"},
    {0, kRead, "/a|", "READ "},
    {0, kDirectory, "/a|", "DIRECTORY b|"},
    {0, kDirectory, "/a/b|", "DIRECTORY "},
    {0, kMkdir, "/a/z|", "MKDIR OK|"},
    {0, kMkdir, "/a/c|", "MKDIR OK|"},
    {0, kMkdir, "/a/b|", "MKDIR OK|"},
    {0, kRead, "/a/b|", "READ hello"},
    {0, kDirectory, "/a|", "DIRECTORY b|z|c|"},
    {0, kRm, "/a/z|", "RM OK|"},
    {0, kRm, "/a/z|", "RM OK|"},
    {0, kRm, "/no/such|", "ERROR ENOENT|"},
    {0, kRm, "/|", "ERROR EINVAL|"},
    {0, kRead, "/no|", "ERROR ENOENT|"},
    {0, kWrite, "rel|x", "WRITE OK|"},
    {0, kRead, "/local/domain/0/rel|", "READ x"},
    {0, kWrite, "/a/b|", "WRITE OK|"},
    {0, kRead, "/a/b|", "READ "},
    {0, kGetDomainPath, "7|", "PATH /local/domain/7|"},
    // Bad input.
    {0, xs::MessageType{20}, "5|", "ERROR ENOSYS|"},
    {0, xs::MessageType{27}, "5|", "ERROR ENOSYS|"},
    {0, xs::MessageType{0xffffffff}, "", "ERROR ENOSYS|"},
    {0, kWatchEvent, "/a|t|", "ERROR ENOSYS|"},
    {0, kError, "ENOENT|", "ERROR ENOSYS|"},
    {0, kRead, "", "ERROR EINVAL|"},
    {0, kRead, "|", "ERROR EINVAL|"},
    {0, kRead, "/a", "ERROR EINVAL|"},
    {0, kRead, "/a|b|", "ERROR EINVAL|"},
    {0, kRead, "/a//b|", "ERROR EINVAL|"},
    {0, kRead, "/a/|", "ERROR EINVAL|"},
    {0, kRead, "/a b|", "ERROR EINVAL|"},
    {0, kRead, "@releaseDomain|", "ERROR EINVAL|"},
    {0, kWrite, "/a", "ERROR EINVAL|"},
    {0, kWrite, "", "ERROR EINVAL|"},
    {0, kWatch, "/a|", "ERROR EINVAL|"},
    {0, kWatch, "/a|t", "ERROR EINVAL|"},
    {0, kWatch, "/a|t|x|", "ERROR EINVAL|"},
    {0, kWatch, "/a|t|1|2|", "ERROR EINVAL|"},
    {0, kUnwatch, "/a|none|", "ERROR ENOENT|"},
    {0, kSetPerms, "/a|x5|", "ERROR EINVAL|"},
    {0, kSetPerms, "/a|r|", "ERROR EINVAL|"},
    {0, kSetPerms, "/a|r5", "ERROR EINVAL|"},
    {0, kSetPerms, "/a|", "ERROR EINVAL|"},
    {0, kSetPerms, "/a", "ERROR EINVAL|"},
    {0, kSetPerms, "/a|r99999|", "ERROR EINVAL|"},
    {0, kSetPerms, "/a|r9|", "ERROR ENOENT|"},
    {0, kSetPerms, "/none|r5|", "ERROR ENOENT|"},
    {0, kTransactionEnd, "T|", "ERROR ENOENT|"},
    {0, kTransactionEnd, "x|", "ERROR EINVAL|"},
    {0, kIntroduce, "5|1|", "ERROR EINVAL|"},
    {0, kIntroduce, "9|1|2|", "ERROR ENOENT|"},
    {0, kIntroduce, "0|1|2|", "ERROR EINVAL|"},
    {0, kIntroduce, "5|1|0|", "ERROR EINVAL|"},
    {0, kRelease, "9|", "ERROR ENOENT|"},
    {0, kRelease, "0|", "ERROR EINVAL|"},
    {0, kRelease, "x|", "ERROR EINVAL|"},
    {0, kDirectoryPart, "/a|", "ERROR EINVAL|"},
    {0, kDirectoryPart, "/a|x|", "ERROR EINVAL|"},
    {0, kControl, "no-such|", "ERROR EINVAL|"},
    {0, kControl, "", "ERROR EINVAL|"},
    {0, kControl, "check", "ERROR EINVAL|"},
    // Domains, features, quotas.
    {0, kIsDomainIntroduced, "5|", "INTRODUCED T|"},
    {0, kIsDomainIntroduced, "9|", "INTRODUCED F|"},
    {0, kResume, "5|", "RESUME OK|"},
    {0, kSetTarget, "9|5|", "ERROR ENOENT|"},
    {0, kGetFeature, "|", "GET_FEATURE 15|"},
    {0, kGetFeature, "5|", "GET_FEATURE 15|"},
    {0, kGetFeature, "9|", "ERROR ENOENT|"},
    {0, kSetFeature, "5|2|", "ERROR EBUSY|"},
    {0, kSetFeature, "9|2|", "ERROR ENOENT|"},
    {0, kSetFeature, "5|64|", "ERROR EINVAL|"},
    {0, kGetQuota, "nodes|", "GET_QUOTA 1000|"},
    {0, kSetQuota, "nodes|2000|", "SET_QUOTA OK|"},
    {0, kSetQuota, "5|nodes|3000|", "SET_QUOTA OK|"},
    {0, kGetQuota, "5|nodes|", "GET_QUOTA 3000|"},
    {0, kGetQuota, "6|nodes|", "GET_QUOTA 2000|"},
    {0, kGetQuota, "none|", "ERROR EINVAL|"},
    {0, kSetQuota, "nodes|x|", "ERROR EINVAL|"},
    {0, kControl, "print|hello|", "CONTROL OK|"},
    {0, kControl, "check|", "CONTROL OK, 10 nodes\n|"},
    // What only domain 0 may.
    {5, kControl, "help|", "ERROR EACCES|"},
    {5, kIntroduce, "6|1|2|", "ERROR EACCES|"},
    {5, kRelease, "5|", "ERROR EACCES|"},
    {5, kSetQuota, "nodes|1|", "ERROR EACCES|"},
    {5, kIsDomainIntroduced, "5|", "ERROR EACCES|"},
    // Permissions.
    {5, kRead, "/a/b|", "ERROR EACCES|"},
    {5, kRead, "/a/none|", "ERROR EACCES|"},
    {5, kWrite, "/a/b|x", "ERROR EACCES|"},
    {0, kSetPerms, "/a|n0|r5|", "SET_PERMS OK|"},
    {5, kRead, "/a|", "READ "},
    {5, kRead, "/a/none|", "ERROR ENOENT|"},
    {5, kWrite, "/a/new|x", "ERROR EACCES|"},
    {5, kSetPerms, "/a|n0|b5|", "ERROR EACCES|"},
    {6, kRead, "/a|", "ERROR EACCES|"},
    {0, kSetPerms, "/a|n0|b5|", "SET_PERMS OK|"},
    {5, kWrite, "/a/new/er|x", "WRITE OK|"},
    {0, kGetPerms, "/a/new|", "GET_PERMS n5|b5|"},
    {5, kSetPerms, "/a/new|r5|b6|", "SET_PERMS OK|"},
    {5, kSetPerms, "/a/new|r6|", "ERROR EPERM|"},
    {6, kRead, "/a/new|", "READ "},
    {6, kRead, "/a/new/er|", "ERROR EACCES|"},
    {6, kSetPerms, "/a/new|r6|", "ERROR EACCES|"},
    {5, kRm, "/a/new|", "RM OK|"},
    {0, kGetPerms, "@releaseDomain|", "GET_PERMS n0|r32757|"},
    {0, kSetPerms, "@releaseDomain|n0|r5|", "SET_PERMS OK|"},
    {0, kGetPerms, "@releaseDomain|", "GET_PERMS n0|r5|"},
    {0, kGetPerms, "@other|", "ERROR ENOENT|"},
};

TEST(Store, AnswersEveryRowOfTheTable) {
    Bench bench;
    bench.domain(5);
    bench.domain(6);
    for (const auto& [client, type, request, reply] : kRows) {
        const auto replies = client == 0 ? bench.ask(bench.dom0, type, request)
                                         : bench.ask(DomainId{client}, type, request);
        EXPECT_THAT(replies, ElementsAre(reply)) << static_cast<int>(type) << ' ' << request;
    }
}

TEST(Store, EchoesTheIdsOfTheRequest) {
    Bench bench;
    bench.store->handle(bench.dom0, {kRead, 77, 88, {}});
    const auto frame = xs::parse_frame(bench.store->output(bench.dom0));
    EXPECT_EQ((*frame)->request_id, 77U);
    EXPECT_EQ((*frame)->transaction_id, 88U);
}

TEST(Store, ListsABigFolderInParts) {
    Bench bench;
    std::string expected;
    for (int i = 0; i < 1000; ++i) {
        const auto name = "entry" + std::to_string(i);
        bench.ask(bench.dom0, kWrite, "/big/" + name + "|");
        expected += name + '|';
    }
    EXPECT_THAT(bench.ask(bench.dom0, kDirectory, "/big|"), ElementsAre("ERROR E2BIG|"));
    std::string names, generation;
    while (!names.ends_with("||")) {
        const auto request = "/big|" + std::to_string(names.size()) + "|";
        const auto reply = bench.ask(bench.dom0, kDirectoryPart, request).at(0);
        const auto end = reply.find('|');
        if (generation.empty()) generation = reply.substr(0, end);
        EXPECT_EQ(reply.substr(0, end), generation);
        names += reply.substr(end + 1);
    }
    EXPECT_EQ(names, expected + '|');
    bench.ask(bench.dom0, kWrite, "/big/more|");
    const auto reply = bench.ask(bench.dom0, kDirectoryPart, "/big|0|").at(0);
    EXPECT_FALSE(reply.starts_with(generation + '|'));
}

TEST(Store, ActsForATarget) {
    Bench bench;
    bench.domain(5);
    bench.domain(6);
    bench.ask(bench.dom0, kWrite, "/t|x");
    bench.ask(bench.dom0, kSetPerms, "/t|n6|");
    EXPECT_THAT(bench.ask(kGuest, kRead, "/t|"), ElementsAre("ERROR EACCES|"));
    EXPECT_THAT(bench.ask(bench.dom0, kSetTarget, "5|6|"), ElementsAre("SET_TARGET OK|"));
    EXPECT_THAT(bench.ask(kGuest, kWrite, "/t|y"), ElementsAre("WRITE OK|"));
}

TEST(Store, ADeadDomainsRightsAreNotTheNextOnes) {
    Bench bench;
    bench.domain(5);
    bench.ask(bench.dom0, kWrite, "/mine|x");
    bench.ask(bench.dom0, kSetPerms, "/mine|n0|b5|");
    bench.ask(bench.dom0, kWrite, "/owned/below|x");
    bench.ask(bench.dom0, kSetPerms, "/owned|n5|");
    bench.host.domains.clear();
    bench.store->domains_changed({});
    bench.domain(5);
    EXPECT_THAT(bench.ask(bench.dom0, kGetPerms, "/mine|"), ElementsAre("GET_PERMS n0|"));
    EXPECT_THAT(bench.ask(kGuest, kRead, "/mine|"), ElementsAre("ERROR EACCES|"));
    EXPECT_THAT(bench.ask(bench.dom0, kRead, "/owned|"), ElementsAre("ERROR ENOENT|"));
}

TEST(Store, ADeadDomainsNodesGoFromItsFolderAndElsewhere) {
    Bench bench;
    bench.domain(5);
    for (const auto* const path : {"/local/domain/5/data", "/local/domain/6/data", "/elsewhere"}) {
        bench.ask(bench.dom0, kWrite, std::string{path} + "/below|x");
        bench.ask(bench.dom0, kSetPerms, std::string{path} + "|n5|");
    }
    bench.ask(bench.dom0, kWrite, "/local/domain/5/name|x");
    bench.host.domains.clear();
    bench.store->domains_changed({});
    EXPECT_THAT(bench.ask(bench.dom0, kDirectory, "/local/domain/5|"),
                ElementsAre("DIRECTORY name|"));
    EXPECT_THAT(bench.ask(bench.dom0, kDirectory, "/local/domain/6|"), ElementsAre("DIRECTORY "));
    EXPECT_THAT(bench.ask(bench.dom0, kRead, "/elsewhere|"), ElementsAre("ERROR ENOENT|"));
}

TEST(Store, KeepsOrphansIfToldTo) {
    Bench bench{{.quotas = {}, .keep_orphans = true, .privileged = {}}};
    bench.domain(5);
    bench.ask(bench.dom0, kWrite, "/owned|x");
    bench.ask(bench.dom0, kSetPerms, "/owned|r5|");
    bench.ask(bench.dom0, kRelease, "5|");
    EXPECT_THAT(bench.ask(bench.dom0, kGetPerms, "/owned|"), ElementsAre("GET_PERMS r0|"));
    EXPECT_THAT(bench.ask(bench.dom0, kControl, "check|"), ElementsAre("CONTROL OK, 4 nodes\n|"));
}

TEST(Store, HoldsAGuestToItsQuotas) {
    Bench bench{{.quotas = {.nodes = 10,
                            .watches = 2,
                            .transactions = 1,
                            .outstanding = 3,
                            .transaction_nodes = 4,
                            .node_permissions = 2,
                            .path_length = 20,
                            .node_size = 8},
                 .keep_orphans = false,
                 .privileged = {}}};
    bench.domain(5);
    bench.ask(bench.dom0, kMkdir, "/local/domain/5|");
    bench.ask(bench.dom0, kSetPerms, "/local/domain/5|n5|");
    for (int i = 0; i < 9; ++i) {
        EXPECT_THAT(bench.ask(kGuest, kMkdir, "n" + std::to_string(i) + "|"),
                    ElementsAre("MKDIR OK|"));
    }
    EXPECT_THAT(bench.ask(kGuest, kMkdir, "more|"), ElementsAre("ERROR ENOSPC|"));
    EXPECT_THAT(bench.ask(kGuest, kWrite, "n0|123456789"), ElementsAre("ERROR ENOSPC|"));
    EXPECT_THAT(bench.ask(kGuest, kWrite, "n0|12345678"), ElementsAre("WRITE OK|"));
    EXPECT_THAT(bench.ask(kGuest, kRead, "aaaaaaaaaaaaaaaaaaaaa|"), ElementsAre("ERROR EINVAL|"));
    EXPECT_THAT(bench.ask(kGuest, kSetPerms, "n0|n5|r0|r5|"), ElementsAre("ERROR ENOSPC|"));
    bench.ask(kGuest, kWatch, "n0|a|");
    bench.ask(kGuest, kWatch, "n0|b|");
    EXPECT_THAT(bench.ask(kGuest, kWatch, "n0|c|"), ElementsAre("ERROR E2BIG|"));
    EXPECT_THAT(bench.ask(kGuest, kTransactionStart, "|"), ElementsAre("START 1|"));
    EXPECT_THAT(bench.ask(kGuest, kTransactionStart, "|"), ElementsAre("ERROR ENOSPC|"));
    for (int i = 1; i < 4; ++i) bench.ask(kGuest, kRead, "n" + std::to_string(i) + "|", 1);
    EXPECT_THAT(bench.ask(kGuest, kRead, "n4|", 1), ElementsAre("READ "));
    EXPECT_THAT(bench.ask(kGuest, kRead, "n5|", 1), ElementsAre("ERROR ENOSPC|"));
    EXPECT_THAT(bench.ask(kGuest, kTransactionEnd, "T|", 1), ElementsAre("END OK|"));

    const auto ring = *bench.store->ring(kGuest);
    EXPECT_TRUE(bench.store->wants_input(ring));
    for (const auto* value : {"1", "2", "3"}) {
        bench.ask(bench.dom0, kWrite, std::string{"/local/domain/5/n0/x|"} + value);
        bench.ask(bench.dom0, kWrite, std::string{"/local/domain/5/n0/y|"} + value);
    }
    // Two watches, two nodes; what was still unread was not said again.
    EXPECT_FALSE(bench.store->wants_input(ring));
    EXPECT_THAT(bench.take(kGuest),
                ElementsAre("EVENT n0/x|a|", "EVENT n0/x|b|", "EVENT n0/y|a|", "EVENT n0/y|b|"));
    EXPECT_TRUE(bench.store->wants_input(ring));
}

TEST(Store, ARingsBrokenStreamIsAnError) {
    Bench bench;
    bench.domain(5);
    std::string stream(12, '\0');
    stream += "\xff\xff\xff\xff";
    EXPECT_FALSE(bench.store->received(kGuest, stream, 16));
    EXPECT_FALSE(bench.store->received(kOther, stream, 16));
}

TEST(Store, TakesARingsRequestInAnyPieces) {
    Bench bench;
    bench.domain(5);
    std::string stream;
    xs::encode(xs::Frame{kGetDomainPath, 1, 0, std::string_view{"5\0", 2}}, stream);
    std::uint32_t consumer = 0;
    for (const char c : stream) {
        ASSERT_TRUE(bench.store->received(kGuest, {&c, 1}, ++consumer));
        EXPECT_EQ(bench.store->position(kGuest)->consumer, consumer);
    }
    EXPECT_EQ(bench.store->position(kGuest)->producer_end, 16U + 16U);
    EXPECT_THAT(bench.take(kGuest), ElementsAre("PATH /local/domain/5|"));
}

TEST(Store, SaysNothingOnceACommitFailed) {
    Bench bench;
    bench.sink.fail_at = bench.sink.commits + 1;
    EXPECT_THAT(bench.ask(bench.dom0, kWrite, "/a|x"), IsEmpty());
    EXPECT_TRUE(bench.store->failure().has_value());
}

TEST(Store, CutsOffWhoDoesNotRead) {
    Bench bench;
    const auto slow = bench.socket();
    bench.ask(slow, kWatch, "/|" + std::string(3000, 't') + '|');
    for (int i = 0; !bench.store->hopeless(slow) && i < 100'000; ++i) {
        bench.ask(bench.dom0, kWrite, "/n" + std::to_string(i) + "|");
    }
    EXPECT_TRUE(bench.store->hopeless(slow));
    EXPECT_FALSE(bench.store->wants_input(slow));
    EXPECT_TRUE(bench.store->wants_input(bench.dom0));
}

}  // namespace
}  // namespace zeroth::xenstored
