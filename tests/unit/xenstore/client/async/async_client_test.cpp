// SPDX-License-Identifier: Apache-2.0
#include "xenstore/client/async/async_client.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "tests/unit/xenstore/client/fake_server.hpp"

namespace zeroth::xs {
namespace {

namespace asio = boost::asio;
using namespace std::string_view_literals;

constexpr Patience kLittle{std::chrono::milliseconds{200}, std::chrono::milliseconds{50}};

/// Runs coroutines that are given a client of the server, to their ends.
class Loop {
public:
    explicit Loop(const FakeServer& server, Patience patience = {})
        : client{AsyncClient::connect(io.get_executor(), {server.path()}, patience).value()} {}

    void spawn(asio::awaitable<void> work) {
        asio::co_spawn(io, std::move(work), [](const std::exception_ptr& failure) {
            if (failure) std::rethrow_exception(failure);
        });
    }
    void run() { io.run_for(std::chrono::seconds{10}); }

    asio::io_context io{1};
    AsyncClient client;
};

asio::awaitable<void> read_into(Loop& loop, std::string path, std::string& out, int& left) {
    std::vector<std::string> paths{path};
    const auto values = co_await loop.client.read(std::move(paths));
    out = values ? values->front().value_or("none") : values.error().text();
    if (--left == 0) loop.io.stop();
}

TEST(AsyncClient, SendsWhatIsAskedAtTheSameTimeInOneGo) {
    std::vector<Message> held;
    FakeServer server{[&](const Message& request) {
        held.push_back({request.type, request.request_id, 0, request.payload});
        return held.size() == 3 ? held : std::vector<Message>{};
    }};
    Loop loop{server};
    std::string a, b, c;
    int left = 3;
    loop.spawn(read_into(loop, "/a", a, left));
    loop.spawn(read_into(loop, "/b", b, left));
    loop.spawn(read_into(loop, "/c", c, left));
    loop.run();
    EXPECT_EQ(a + b + c, "/a\0/b\0/c\0"sv);
}

asio::awaitable<void> apply_into(Loop& loop, std::vector<Change> changes, std::string& out) {
    const auto done = co_await loop.client.apply(std::move(changes));
    out = done ? "done" : done.error().text();
    loop.io.stop();
}

TEST(AsyncClient, TriesATransactionAgainAfterEagainAndAfterADeath) {
    int commits = 0;
    FakeServer server{[&](const Message& request) {
        if (request.type == MessageType::kTransactionStart)
            return ok(request, std::string{"5\0"sv});
        if (request.type == MessageType::kDirectory) return ok(request, "");
        if (request.type == MessageType::kRead) return ok(request, "");
        if (request.type != MessageType::kTransactionEnd) return ok(request);
        ++commits;
        return commits == 1 ? error("EAGAIN") : commits == 2 ? hang_up() : ok(request);
    }};
    Loop loop{server};
    std::string out;
    const std::vector<Change> changes{Write{"/a", "1"}, Remove{"/b"}, Prune{"/c"}};
    loop.spawn(apply_into(loop, changes, out));
    loop.run();
    EXPECT_EQ(out, "done");
    EXPECT_EQ(commits, 3);
    EXPECT_EQ(count(server.seen, MessageType::kRm), 6U);
}

TEST(AsyncClient, AbortsATransactionOfWhichOneChangeIsRefused) {
    FakeServer server{[](const Message& request) {
        if (request.type == MessageType::kTransactionStart)
            return ok(request, std::string{"5\0"sv});
        return request.payload.starts_with("/bad") ? error("EACCES") : ok(request);
    }};
    Loop loop{server};
    std::string out;
    loop.spawn(apply_into(loop, {Write{"/bad", "1"}}, out));
    loop.run();
    EXPECT_EQ(out, "XenStore: write /bad: Permission denied");
    EXPECT_EQ(server.seen.back().payload, "F\0"sv);
}

asio::awaitable<void> list_into(Loop& loop, std::vector<std::string>& out) {
    const auto names = co_await loop.client.directory("/d");
    if (names) out = *names;
    loop.io.stop();
}

TEST(AsyncClient, JoinsALongDirectoryFromItsParts) {
    FakeServer server{[](const Message& request) {
        if (request.type == MessageType::kDirectory) return error("E2BIG");
        return request.payload.ends_with("\0000\0"sv) ? ok(request, std::string{"9\0one\0"sv})
                                                      : ok(request, std::string{"9\0two\0\0"sv});
    }};
    Loop loop{server};
    std::vector<std::string> names;
    loop.spawn(list_into(loop, names));
    loop.run();
    EXPECT_EQ(names, (std::vector<std::string>{"one", "two"}));
}

asio::awaitable<void> events_into(Loop& loop, std::size_t wanted, std::vector<std::string>& out) {
    auto stream = co_await loop.client.watch("/a");
    for (std::size_t i = 0; stream && i < wanted; ++i) {
        const auto event = co_await stream->next();
        out.push_back(event ? event->path : event.error().text());
    }
    loop.io.stop();
}

TEST(AsyncClient, StreamsEventsAndHearsOfAServerThatWasAway) {
    int watches = 0;
    FakeServer server{[&](const Message& request) {
        if (request.type != MessageType::kWatch) return ok(request);
        auto replies = ok(request);
        replies.push_back(event_of(request));
        replies.push_back(event_of(request));
        if (++watches == 1) replies.push_back({FakeServer::kHangUp, 0, 0, ""});
        return replies;
    }};
    Loop loop{server};
    std::vector<std::string> events;
    loop.spawn(events_into(loop, 4, events));
    loop.run();
    EXPECT_EQ(events, (std::vector<std::string>(4, "/a")));
    EXPECT_EQ(server.connections, 2);
}

asio::awaitable<void> control_into(Loop& loop, std::string& out) {
    std::vector<Message> requests;
    requests.push_back({MessageType::kRead, 0, 0, std::string{"/a\0"sv}});
    requests.push_back({MessageType::kControl, 0, 0, std::string{"die\0"sv}});
    const auto replies = co_await loop.client.exchange(std::move(requests));
    out = replies ? "done" : replies.error().text();
    loop.io.stop();
}

TEST(AsyncClient, SaysSoWhenAnOutcomeIsUnknownAndRepeatsTheRest) {
    bool died = false;
    FakeServer server{[&](const Message& request) {
        if (request.type == MessageType::kControl && !std::exchange(died, true)) return hang_up();
        return ok(request, "value");
    }};
    Loop loop{server};
    std::string out, value;
    int left = 2;
    loop.spawn(control_into(loop, out));
    loop.spawn(read_into(loop, "/b", value, left));
    loop.run();
    loop.io.restart();
    loop.spawn(read_into(loop, "/c", value, --left));
    loop.run();
    EXPECT_EQ(out,
              "XenStore went away before it answered: whether it did what was asked is unknown");
    EXPECT_EQ(value, "value");
}

TEST(AsyncClient, GivesUpAServerThatTalksNonsenseOrNotAtAll) {
    const std::vector<std::vector<Message>> answers{
        {},
        {{FakeServer::kBytes, 0, 0, std::string(16, '\xff')}},
        {{MessageType::kRead, 77, 0, "an answer to nothing"}}};
    for (const auto& answer : answers) {
        FakeServer server{[&](const Message&) { return answer; }};
        Loop loop{server, kLittle};
        std::string first, second, watched;
        int left = 2;
        loop.spawn(read_into(loop, "/a", first, left));
        loop.spawn(read_into(loop, "/b", second, left));
        loop.run();
        EXPECT_NE(first, "none");
        EXPECT_EQ(first, second);
        loop.io.restart();
        loop.spawn(read_into(loop, "/c", second, left = 1));
        loop.run();
        EXPECT_EQ(first, second);
    }
}

TEST(AsyncClient, SetsAWatchOnceThatADyingServerLeftUnanswered) {
    int watches = 0;
    FakeServer server{[&](const Message& request) {
        if (request.type != MessageType::kWatch) return ok(request);
        if (++watches == 1) return hang_up();
        auto replies = ok(request);
        replies.push_back(event_of(request));
        return replies;
    }};
    Loop loop{server};
    std::vector<std::string> events;
    loop.spawn(events_into(loop, 1, events));
    loop.run();
    EXPECT_EQ(events, (std::vector<std::string>{"/a"}));
    EXPECT_EQ(watches, 2);
}

TEST(AsyncClient, GivesUpAServerThatStaysAway) {
    FakeServer server{[](const Message& request) {
        auto replies = ok(request);
        replies.push_back(event_of(request));
        replies.push_back({FakeServer::kHangUp, 0, 0, ""});
        return replies;
    }};
    Loop loop{server, kLittle};
    ::unlink(server.path().c_str());
    std::vector<std::string> events;
    loop.spawn(events_into(loop, 2, events));
    loop.run();
    EXPECT_EQ(events, (std::vector<std::string>{
                          "/a", "XenStore: watch /a: Transport endpoint is not connected"}));
    std::string value;
    int left = 1;
    loop.io.restart();
    loop.spawn(read_into(loop, "/a", value, left));
    loop.run();
    EXPECT_TRUE(value.ends_with("/socket: No such file or directory")) << value;
}

TEST(AsyncClient, TellsWhoWaitsWhenItIsDestroyed) {
    FakeServer server{[](const Message&) { return std::vector<Message>{}; }};
    Loop loop{server};
    std::string value;
    int left = 1;
    loop.spawn(read_into(loop, "/a", value, left));
    loop.io.poll();
    { const AsyncClient gone = std::move(loop.client); }
    loop.run();
    EXPECT_EQ(value, "XenStore: Operation canceled");
}

}  // namespace
}  // namespace zeroth::xs
