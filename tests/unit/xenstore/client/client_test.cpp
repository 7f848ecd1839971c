// SPDX-License-Identifier: Apache-2.0
#include "xenstore/client/client.hpp"

#include <gtest/gtest.h>
#include "tests/unit/xenstore/client/fake_server.hpp"

namespace zeroth::xs {
namespace {

using namespace std::string_view_literals;

TEST(Client, ReadsManyPathsInOneGo) {
    FakeServer server{[](const Message& request) {
        return request.payload.starts_with("/gone") ? error("ENOENT") : ok(request, "value");
    }};
    auto client = Client::connect(server.path());
    ASSERT_TRUE(client);
    const std::vector<std::string> paths{"/a", "/gone", "/b"};
    const auto values = (*client)->read(paths);
    ASSERT_TRUE(values);
    EXPECT_EQ((*values)[0], "value");
    EXPECT_EQ((*values)[1], std::nullopt);
    EXPECT_EQ((*values)[2], "value");
}

TEST(Client, TriesATransactionAgainAfterEagain) {
    int commits = 0;
    FakeServer server{[&](const Message& request) {
        if (request.type == MessageType::kTransactionStart)
            return ok(request, std::string{"5\0"sv});
        if (request.type == MessageType::kTransactionEnd && ++commits == 1) return error("EAGAIN");
        return ok(request);
    }};
    auto client = Client::connect(server.path());
    ASSERT_TRUE(client);
    const std::vector<Change> changes{Write{"/a", "1"}, Remove{"/b"}};
    EXPECT_TRUE((*client)->apply(changes));
    EXPECT_EQ(commits, 2);
}

TEST(Client, ALoneChangeTakesNoTransaction) {
    std::vector<Message> seen;
    FakeServer server{[&](const Message& request) {
        seen.push_back(request);
        return request.type == MessageType::kRm ? error("ENOENT") : ok(request);
    }};
    auto client = Client::connect(server.path());
    ASSERT_TRUE(client);
    EXPECT_TRUE((*client)->apply(std::vector<Change>{Write{"/a", "1"}}));
    EXPECT_TRUE((*client)->apply(std::vector<Change>{Remove{"/b"}}));
    ASSERT_EQ(seen.size(), 2U);
    EXPECT_EQ(seen[0].type, MessageType::kWrite);
    EXPECT_EQ(seen[0].transaction_id, 0U);
    EXPECT_EQ(seen[1].type, MessageType::kRm);
}

TEST(Client, AbortsATransactionOfWhichOneChangeIsRefused) {
    std::string end;
    FakeServer server{[&](const Message& request) {
        if (request.type == MessageType::kTransactionStart)
            return ok(request, std::string{"5\0"sv});
        if (request.type == MessageType::kTransactionEnd) end = request.payload;
        return request.payload.starts_with("/bad") ? error("EACCES") : ok(request);
    }};
    auto client = Client::connect(server.path());
    ASSERT_TRUE(client);
    const std::vector<Change> changes{Write{"/a", "1"}, Write{"/bad", "2"}};
    const auto done = (*client)->apply(changes);
    ASSERT_FALSE(done);
    EXPECT_TRUE(done.error().is(EACCES));
    EXPECT_EQ(done.error().text(), "XenStore: write /bad: Permission denied");
    EXPECT_EQ(end, "F\0"sv);
}

TEST(Client, WaitsForAValueThroughItsWatch) {
    const Message event{MessageType::kWatchEvent, 0, 0, std::string{"/tty\0wait-1\0"sv}};
    int reads = 0;
    FakeServer server{[&](const Message& request) {
        const bool first_read = request.type == MessageType::kRead && ++reads == 1;
        auto replies = request.type == MessageType::kRead
                           ? ok(request, first_read ? "" : "/dev/pts/3")
                           : ok(request);
        // Registering fires once; then the value changes just after it was read as empty.
        if (request.type == MessageType::kWatch || first_read) replies.push_back(event);
        return replies;
    }};
    auto client = Client::connect(server.path());
    ASSERT_TRUE(client);
    const auto value = (*client)->wait_for_value("/tty", std::chrono::seconds{5});
    ASSERT_TRUE(value) << value.error().text();
    EXPECT_EQ(*value, "/dev/pts/3");
}

TEST(Client, GivesUpWaitingAndStaysUsable) {
    FakeServer server{[](const Message& request) {
        return request.type == MessageType::kRead ? ok(request, "") : ok(request);
    }};
    auto client = Client::connect(server.path());
    ASSERT_TRUE(client);
    const auto value = (*client)->wait_for_value("/tty", std::chrono::milliseconds{20});
    ASSERT_FALSE(value);
    EXPECT_TRUE(value.error().is(ETIMEDOUT));
    EXPECT_TRUE((*client)->read_one("/tty"));
}

TEST(Client, JoinsALongDirectoryFromItsParts) {
    FakeServer server{[](const Message& request) {
        if (request.type == MessageType::kDirectory) return error("E2BIG");
        return request.payload ==
                       std::string_view{
                           "/d\0"
                           "0\0",
                           5}
                   ? ok(request, std::string{"9\0one\0two\0"sv})
                   : ok(request, std::string{"9\0three\0\0"sv});
    }};
    auto client = Client::connect(server.path());
    ASSERT_TRUE(client);
    const auto names = (*client)->directory("/d");
    ASSERT_TRUE(names);
    EXPECT_EQ(*names, (std::vector<std::string>{"one", "two", "three"}));
}

TEST(Client, SaysWhenTheServerIsNotThere) {
    const auto client = Client::connect("/nonexistent/socket");
    ASSERT_FALSE(client);
    EXPECT_TRUE(client.error().is(ENOENT));
    EXPECT_EQ(client.error().hint(), "is xenstored running?");
}

TEST(Client, AReplyNobodyAskedForBreaksTheConnectionForGood) {
    FakeServer server{[](const Message& request) {
        auto replies = ok(request);
        replies.push_back(replies.front());
        return replies;
    }};
    auto client = Client::connect(server.path());
    ASSERT_TRUE(client);
    EXPECT_TRUE((*client)->read_one("/a"));
    EXPECT_FALSE((*client)->read_one("/b"));  // its answer is the surplus one
    EXPECT_FALSE((*client)->alive());
    const auto after = (*client)->read_one("/c");
    ASSERT_FALSE(after);
    EXPECT_TRUE(after.error().is(ENOTCONN));
}

}  // namespace
}  // namespace zeroth::xs
