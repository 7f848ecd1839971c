// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "tests/unit/xenstore/client/fake_server.hpp"
#include "xenstore/client/client.hpp"

namespace zeroth::xs {
namespace {

using namespace std::string_view_literals;

constexpr Patience kLittle{std::chrono::milliseconds{200}, std::chrono::milliseconds{50}};

Deadline soon() { return std::chrono::steady_clock::now() + std::chrono::seconds{5}; }

TEST(Client, SendsABatchBeforeItsFirstAnswer) {
    std::vector<Message> held;
    FakeServer server{[&](const Message& request) {
        held.push_back({request.type, request.request_id, 0, request.payload});
        return held.size() == 3 ? held : std::vector<Message>{};
    }};
    auto client = Client::connect(server.path());
    ASSERT_TRUE(client);
    const std::vector<std::string> paths{"/a", "/b", "/c"};
    const auto values = (*client)->read(paths);
    ASSERT_TRUE(values) << values.error().text();
    EXPECT_EQ((*values)[2], "/c\0"sv);
}

TEST(Client, KeepsEventsThatComeBetweenReplies) {
    FakeServer server{[](const Message& request) {
        auto replies = ok(request, "value");
        if (request.type != MessageType::kWatch)
            replies.insert(replies.begin(), {MessageType::kWatchEvent, 0, 0,
                                             request.payload + std::string{"t\0"sv}});
        return replies;
    }};
    auto client = Client::connect(server.path());
    ASSERT_TRUE(client);
    const std::vector<std::string> paths{"/a", "/b"};
    ASSERT_TRUE((*client)->read(paths));
    const auto first = (*client)->next_event(soon());
    ASSERT_TRUE(first);
    EXPECT_EQ(first->path, "/a");
    EXPECT_EQ(first->token, "t");
    const auto second = (*client)->next_event(soon());
    ASSERT_TRUE(second);
    EXPECT_EQ(second->path, "/b");
    const auto none = (*client)->next_event(std::chrono::steady_clock::now());
    ASSERT_FALSE(none);
    EXPECT_TRUE(none.error().is(ETIMEDOUT));
    EXPECT_TRUE((*client)->alive());
}

TEST(Client, UnderstandsAReplyInSingleBytes) {
    FakeServer server{[](const Message& request) { return ok(request, "value"); }};
    server.dribble = true;
    auto client = Client::connect(server.path());
    ASSERT_TRUE(client);
    EXPECT_EQ((*client)->value("/a").value(), "value");
}

TEST(Client, AsksAgainWhatADyingServerLeftUnanswered) {
    int asked = 0;
    FakeServer server{[&](const Message& request) {
        return ++asked == 3 ? hang_up() : ok(request, request.payload);
    }};
    auto client = Client::connect(server.path());
    ASSERT_TRUE(client);
    const std::vector<std::string> paths{"/a", "/b", "/c", "/d"};
    const auto values = (*client)->read(paths);
    ASSERT_TRUE(values) << values.error().text();
    EXPECT_EQ((*values)[0], "/a\0"sv);
    EXPECT_EQ((*values)[3], "/d\0"sv);
    EXPECT_EQ(server.connections, 2);
    EXPECT_EQ(server.seen.size(), 5U);  // /a /b /c, then /c /d
}

TEST(Client, SaysSoWhenAnOutcomeIsUnknown) {
    bool died = false;
    FakeServer server{[&](const Message& request) {
        if (!std::exchange(died, true)) return hang_up();
        return ok(request);
    }};
    auto client = Client::connect(server.path());
    ASSERT_TRUE(client);
    const std::vector<std::string> words{"check"};
    const auto done = (*client)->control(words);
    ASSERT_FALSE(done);
    EXPECT_TRUE(done.error().is(ECONNRESET));
    EXPECT_EQ(done.error().text(),
              "XenStore: control: XenStore went away before it answered: whether it did what was "
              "asked is unknown");
    EXPECT_EQ(server.seen.size(), 1U);
    EXPECT_TRUE((*client)->value("/a"));
}

TEST(Client, StartsATransactionOverWhenTheServerDiesInIt) {
    bool died = false;
    FakeServer server{[&](const Message& request) {
        if (request.type == MessageType::kTransactionStart)
            return ok(request, std::string{"7\0"sv});
        if (request.type == MessageType::kWrite && !std::exchange(died, true)) return hang_up();
        return ok(request);
    }};
    auto client = Client::connect(server.path());
    ASSERT_TRUE(client);
    const auto done =
        (*client)->transact([&](TransactionId id) { return (*client)->write("/a", "1", id); });
    EXPECT_TRUE(done) << done.error().text();
    EXPECT_EQ(count(server.seen, MessageType::kTransactionStart), 2U);
    EXPECT_EQ(server.seen.back().payload, "T\0"sv);
}

TEST(Client, DoesNotRepeatACommitOfWhichItDoesNotKnow) {
    bool died = false;
    FakeServer server{[&](const Message& request) {
        if (request.type == MessageType::kTransactionStart)
            return ok(request, std::string{"7\0"sv});
        if (request.type == MessageType::kTransactionEnd && !std::exchange(died, true))
            return hang_up();
        return ok(request);
    }};
    auto client = Client::connect(server.path());
    ASSERT_TRUE(client);
    const auto done =
        (*client)->transact([&](TransactionId id) { return (*client)->write("/a", "1", id); });
    ASSERT_FALSE(done);
    EXPECT_TRUE(done.error().is(ECONNRESET));
    died = false;
    // Changes that do not depend on what was there can be made again.
    const std::vector<Change> changes{Write{"/a", "1"}, Remove{"/b"}};
    EXPECT_TRUE((*client)->apply(changes));
}

TEST(Client, SetsItsWatchesAgainAndHearsFromEach) {
    FakeServer server{[](const Message& request) {
        if (request.type == MessageType::kControl) return hang_up();
        auto replies = ok(request);
        if (request.type == MessageType::kWatch) replies.push_back(event_of(request));
        return replies;
    }};
    auto client = Client::connect(server.path());
    ASSERT_TRUE(client);
    ASSERT_TRUE((*client)->watch({"/a", "one", {}}));
    ASSERT_TRUE((*client)->watch({"/b", "two", {}}));
    ASSERT_TRUE((*client)->watch({"/c", "three", {}}));
    ASSERT_TRUE((*client)->unwatch("/c", "three"));
    for (int i = 0; i < 3; ++i) ASSERT_TRUE((*client)->next_event(soon()));
    const std::vector<std::string> words{"die"};
    EXPECT_FALSE((*client)->control(words));
    EXPECT_EQ((*client)->next_event(soon()).value().token, "one");
    EXPECT_EQ((*client)->next_event(soon()).value().token, "two");
    EXPECT_EQ(server.connections, 2);
}

TEST(Client, NoticesADeathWhileItWaitsForAnEvent) {
    int watches = 0;
    FakeServer server{[&](const Message& request) {
        auto replies = ok(request);
        replies.push_back(event_of(request));
        if (++watches == 1) replies.push_back({FakeServer::kHangUp, 0, 0, ""});
        return replies;
    }};
    auto client = Client::connect(server.path());
    ASSERT_TRUE(client);
    ASSERT_TRUE((*client)->watch({"/a", "t", {}}));
    EXPECT_TRUE((*client)->next_event(soon()));
    EXPECT_TRUE((*client)->next_event(soon()));
    EXPECT_EQ(server.connections, 2);
}

TEST(Client, DoesNotWaitForeverForAServerThatStaysAway) {
    std::unique_ptr<Client> client;
    {
        FakeServer server{[](const Message&) { return hang_up(); }};
        auto connected = Client::connect(server.path(), kLittle);
        ASSERT_TRUE(connected);
        client = *std::move(connected);
        ::unlink(server.path().c_str());
        const auto value = client->value("/a");
        ASSERT_FALSE(value);
        EXPECT_TRUE(value.error().is(ENOENT));
        EXPECT_EQ(value.error().hint(), "is xenstored running?");
    }
    EXPECT_TRUE(client->alive());  // it may be back one day
    EXPECT_FALSE(client->value("/a"));
}

TEST(Client, GivesAHungServerUp) {
    FakeServer server{[](const Message&) { return std::vector<Message>{}; }};
    auto client = Client::connect(server.path(), kLittle);
    ASSERT_TRUE(client);
    const auto value = (*client)->value("/a");
    ASSERT_FALSE(value);
    EXPECT_TRUE(value.error().is(ETIMEDOUT));
    EXPECT_FALSE((*client)->alive());
}

TEST(Client, GivesAServerUpThatTalksNonsense) {
    const std::vector<Message> nonsense{
        {FakeServer::kBytes, 0, 0, std::string(16, '\xff')},   // a length over all bounds
        {MessageType::kRead, 77, 0, "an answer to nothing"},   //
        {FakeServer::kBytes, 0, 0, std::string(5000, '\0')}};  // replies to request 0
    for (const auto& answer : nonsense) {
        FakeServer server{[&](const Message&) { return std::vector{answer}; }};
        auto client = Client::connect(server.path());
        ASSERT_TRUE(client);
        const auto value = (*client)->value("/a");
        ASSERT_FALSE(value);
        EXPECT_TRUE(value.error().is(EPROTO)) << value.error().text();
        const auto after = (*client)->value("/a");
        ASSERT_FALSE(after);
        EXPECT_TRUE(after.error().is(ENOTCONN));
    }
}

TEST(Client, RefusesATransactionWithoutANumber) {
    FakeServer server{[](const Message& request) { return ok(request, "x"); }};
    auto client = Client::connect(server.path());
    ASSERT_TRUE(client);
    const auto done = (*client)->transact([](TransactionId) { return Result<>{}; });
    ASSERT_FALSE(done);
    EXPECT_TRUE(done.error().is(EPROTO));
}

TEST(Client, DoesNotEndlesslyJoinADirectoryThatHasNoEnd) {
    FakeServer server{[](const Message& request) {
        return request.type == MessageType::kDirectory  ? error("E2BIG")
               : request.payload.ends_with("\0000\0"sv) ? ok(request, std::string{"1\0a\0"sv})
                                                        : ok(request, std::string{"1\0"sv});
    }};
    auto client = Client::connect(server.path());
    ASSERT_TRUE(client);
    const auto names = (*client)->names("/d");
    ASSERT_FALSE(names);
    EXPECT_TRUE(names.error().is(EPROTO));
}

TEST(Client, LooksAtManyNodesInOneGo) {
    FakeServer server{[](const Message& request) {
        if (request.payload == "/gone\0"sv) return error("ENOENT");
        if (request.type == MessageType::kDirectory) return ok(request, std::string{"x\0y\0"sv});
        if (request.type == MessageType::kGetPerms) return ok(request, std::string{"n0\0r5\0"sv});
        return ok(request, "value");
    }};
    auto client = Client::connect(server.path());
    ASSERT_TRUE(client);
    const std::vector<std::string> paths{"/a", "/gone"};
    const auto nodes = (*client)->look(paths, Client::Ask::kPermissionsToo);
    ASSERT_TRUE(nodes);
    EXPECT_EQ((*nodes)[0].value.value(), "value");
    EXPECT_EQ((*nodes)[0].names.value(), (std::vector<std::string>{"x", "y"}));
    EXPECT_EQ((*nodes)[0].permissions.value()[1], (Permission{'r', DomainId{5}}));
    EXPECT_TRUE((*nodes)[1].value.error().is(ENOENT));
}

}  // namespace
}  // namespace zeroth::xs
