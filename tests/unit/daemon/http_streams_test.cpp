// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <atomic>
#include <mutex>

#include "tests/unit/daemon/http_door.hpp"

/// The answers that go on: lines, feeds, and another protocol.
namespace zeroth::daemon::http {
namespace {

using testing::Client;
using testing::Door;
using namespace std::chrono_literals;

/// What a test wants to have said.
struct Script {
    std::mutex mutex;
    std::string text;
    bool over = false;
    std::function<void()> wake;
    std::atomic<int> beats = 0, living = 0;

    void say(std::string more) {
        const std::lock_guard lock{mutex};
        text += more;
        if (wake) wake();
    }
    void end() {
        const std::lock_guard lock{mutex};
        over = true;
        if (wake) wake();
    }
};

class ScriptFeed : public Feed {
public:
    explicit ScriptFeed(Script& script) : script_{script} { ++script_.living; }
    ~ScriptFeed() override {
        const std::lock_guard lock{script_.mutex};
        script_.wake = nullptr;
        --script_.living;
    }
    std::string_view content_type() const override { return "text/event-stream"; }
    std::string take() override {
        const std::lock_guard lock{script_.mutex};
        return std::exchange(script_.text, {});
    }
    bool ended() const override {
        const std::lock_guard lock{script_.mutex};
        return script_.over;
    }
    std::string heartbeat() override {
        ++script_.beats;
        return ":\n\n";
    }
    void subscribe(std::function<void()> wake) override {
        const std::lock_guard lock{script_.mutex};
        script_.wake = std::move(wake);
    }

private:
    Script& script_;
};

std::vector<Route> feed_of(Script& script) {
    return {{"GET", "/feed", Access::kRead,
             [&](const Request&) { return std::make_unique<ScriptFeed>(script); }}};
}

void until(const std::function<bool()>& holds) {
    for (int i = 0; i < 2000 && !holds(); ++i) std::this_thread::sleep_for(5ms);
    EXPECT_TRUE(holds());
}

constexpr std::string_view kGetFeed = "GET /feed HTTP/1.1\r\n\r\n";

TEST(Feed, IsPassedOnAsItComes) {
    Script script;
    script.text = "before\n";
    Door door{feed_of(script)};
    auto client = door.connect();
    client.say(kGetFeed);
    EXPECT_NE(client.hear_until("before").find("Content-Type: text/event-stream"),
              std::string::npos);
    script.say("after\n");
    client.hear_until("6\r\nafter\n\r\n");
    script.end();
    client.hear_until("0\r\n\r\n");
    // The connection is as good as before.
    script.say("again\n");
    client.say(kGetFeed);
    client.hear_until("again");
}

TEST(Feed, HasAHeartAndNoticesAHangUp) {
    Script script;
    Limits limits;
    limits.heartbeat = 20ms;
    Door door{feed_of(script), limits};
    auto client = door.connect();
    client.say(kGetFeed);
    client.hear_until(":\n\n");
    client.hear_until(":\n\n");
    client.close();
    until([&] { return script.living == 0; });
}

TEST(Feed, NoticesAHangUpWithoutAHeartbeat) {
    Script script;
    Door door{feed_of(script)};
    auto client = door.connect();
    client.say(kGetFeed);
    client.hear_until("\r\n\r\n");
    client.close();
    until([&] { return script.living == 0; });
    EXPECT_EQ(script.beats, 0);
}

TEST(Feed, TakesNoMoreWhileTheReaderDoesNotReadAndDropsIt) {
    Script script;
    Limits limits;
    limits.write = 200ms;
    Door door{feed_of(script), limits};
    auto client = door.connect();
    client.say(kGetFeed);
    for (int i = 0; i < 64; ++i) script.say(std::string(1U << 20, 'x'));
    until([&] { return script.living == 0; });
}

TEST(Feed, NeedsNoWorker) {
    Script script;
    auto routes = feed_of(script);
    routes.push_back({"GET", "/short", Access::kRead, [](const Request&) { return Reply{}; }});
    Door door{std::move(routes)};
    std::vector<Client> readers;
    for (int i = 0; i < 100; ++i) {
        readers.push_back(door.connect());
        readers.back().say(kGetFeed);
        readers.back().hear_until("\r\n\r\n");
    }
    EXPECT_TRUE(door.ask("GET /short HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 200"));
}

TEST(Feed, LeavesPlacesForOtherRequests) {
    Script script;
    auto routes = feed_of(script);
    routes.push_back({"GET", "/short", Access::kRead, [](const Request&) { return Reply{}; }});
    Limits limits;
    limits.feeds = 2;
    Door door{std::move(routes), limits};
    std::vector<Client> readers;
    for (int i = 0; i < 4; ++i) {
        readers.push_back(door.connect());
        readers.back().say(kGetFeed);
        EXPECT_NE(readers.back().hear_until("\r\n\r\n").find(i < 2 ? " 200 " : " 503 "),
                  std::string::npos);
    }
    EXPECT_TRUE(door.ask("GET /short HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 200"));
    readers.clear();
    until([&] { return script.living == 0; });
    EXPECT_TRUE(door.ask("HEAD /feed HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 200"));
}

TEST(Feed, IsNotCutIntoChunksForHttp10) {
    Script script;
    script.text = "all\n";
    script.over = true;
    Door door{feed_of(script)};
    EXPECT_TRUE(door.ask("GET /feed HTTP/1.0\r\n\r\n").ends_with("\r\n\r\nall\n"));
}

TEST(Lines, ComeAsTheyAreMadeAndEndTheReply) {
    std::atomic<bool> go = false;
    const auto job = [&](const Request&) -> Answer {
        return LineJob{[&](const LineSink& sink) {
            sink.send("one\n");
            while (!go) std::this_thread::sleep_for(1ms);
            sink.send("two\n");
        }};
    };
    Door door{{{"POST", "/job", Access::kChange, job, Lane::kLong}}};
    auto client = door.connect();
    client.say("POST /job HTTP/1.1\r\n\r\n");
    EXPECT_NE(client.hear_until("one\n").find("application/x-ndjson"), std::string::npos);
    go = true;
    client.hear_until("two\n\r\n0\r\n\r\n");
}

TEST(Lines, TellTheJobOfAHangUp) {
    std::atomic<bool> noticed = false;
    const auto job = [&](const Request&) -> Answer {
        return LineJob{[&](const LineSink& sink) {
            while (!sink.gone) std::this_thread::sleep_for(1ms);
            noticed = true;
        }};
    };
    Door door{{{"POST", "/job", Access::kChange, job}}};
    auto client = door.connect();
    client.say("POST /job HTTP/1.1\r\n\r\n");
    client.hear_until("\r\n\r\n");
    // One that only ends what it has to say goes on listening.
    client.shut_for_writing();
    std::this_thread::sleep_for(50ms);
    EXPECT_FALSE(noticed);
    client.close();
    until([&] { return noticed.load(); });
}

struct Taken {
    std::mutex mutex;
    std::optional<Client> client;
    std::string early;
};

std::vector<Route> upgrade_to(Taken& taken) {
    const auto take = [&](boost::asio::local::stream_protocol::socket socket, std::string early) {
        const std::lock_guard lock{taken.mutex};
        taken.client.emplace(UniqueFd{socket.release()});
        taken.early = std::move(early);
    };
    return {{"GET", "/up", Access::kRead, [take](const Request&) -> Answer {
                 return Upgrade{"zeroth-test", "X-Where", "here", take};
             }}};
}

TEST(Upgrade, GivesTheSocketAway) {
    Taken taken;
    Door door{upgrade_to(taken)};
    auto client = door.connect();
    client.say(
        "GET /up HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: zeroth-test\r\n\r\nearly words");
    const auto head = client.hear_until("\r\n\r\n");
    EXPECT_TRUE(head.starts_with("HTTP/1.1 101 Switching Protocols\r\n"));
    EXPECT_NE(head.find("Upgrade: zeroth-test\r\n"), std::string::npos);
    EXPECT_NE(head.find("X-Where: here\r\n"), std::string::npos);
    until([&] {
        const std::lock_guard lock{taken.mutex};
        return taken.client.has_value();
    });
    EXPECT_EQ(taken.early, "early words");
    taken.client->say("hello down there");
    client.hear_until("hello down there");
    client.say("hello up there");
    taken.client->hear_until("hello up there");
    taken.client->close();
    EXPECT_EQ(client.hear_all(), "");
}

TEST(Upgrade, IsForThoseWhoAskForIt) {
    Taken taken;
    Door door{upgrade_to(taken)};
    for (const auto* fields :
         {"", "Connection: Upgrade\r\nUpgrade: websocket\r\n", "Upgrade: zeroth-test\r\n"}) {
        const auto reply = door.ask(fmt::format("GET /up HTTP/1.1\r\n{}\r\n", fields));
        EXPECT_TRUE(reply.starts_with("HTTP/1.1 426 Upgrade Required\r\n")) << fields;
        EXPECT_NE(reply.find("Upgrade: zeroth-test\r\n"), std::string::npos);
    }
}

}  // namespace
}  // namespace zeroth::daemon::http
