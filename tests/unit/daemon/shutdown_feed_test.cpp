// SPDX-License-Identifier: Apache-2.0
#include "daemon/shutdown_feed.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace zeroth::daemon {
namespace {

using Until = ShutdownFeed::Until;

struct ShutdownFeedTest : testing::Test {
    ShutdownFeedTest() : log{testing::TempDir() + "shutdown_feed.events"} {}
    ~ShutdownFeedTest() override {
        std::filesystem::remove(testing::TempDir() + "shutdown_feed.events");
    }

    ShutdownFeed feed(Until until, std::optional<std::chrono::seconds> timeout = {}) {
        return ShutdownFeed{log,   io,     log.newest(), {}, {{7, "u7", "g7"}, {8, "u8", "g8"}},
                            until, timeout};
    }
    void happens(const char* kind, const char* uuid, const char* code = "") {
        api::Event event;
        event.kind = kind;
        event.uuid = uuid;
        event.code = code;
        log.append(std::move(event));
    }

    boost::asio::io_context io;
    EventLog log;
};

bool has(const std::string& text, const char* part) { return text.find(part) != text.npos; }

TEST_F(ShutdownFeedTest, EndsWhenAllHaveAcknowledged) {
    auto wanted = feed(Until::kAcknowledged);
    EXPECT_FALSE(wanted.ended());
    happens(event::kAcknowledged, "u7");
    happens(event::kAcknowledged, "somebody else");
    EXPECT_TRUE(has(wanted.take(), R"({"event":"acknowledged","domid":7)"));
    EXPECT_FALSE(wanted.ended());
    happens(event::kShutdown, "u8", "reboot");
    EXPECT_TRUE(has(wanted.take(), R"("reason":"reboot","code":1)"));
    EXPECT_TRUE(wanted.ended());
}

TEST_F(ShutdownFeedTest, OneThatIsAskedNoMoreEndsAtOnce) {
    EXPECT_TRUE(feed(Until::kAsked).ended());
}

TEST_F(ShutdownFeedTest, AShutdownIsNoEndForWhoWaitsForTheDestruction) {
    auto wanted = feed(Until::kDestroyed);
    happens(event::kShutdown, "u7", "poweroff");
    happens(event::kDestroyed, "u7");
    happens(event::kShutdown, "u8", "reboot");
    happens(event::kRestarted, "u8");
    const auto said = wanted.take();
    EXPECT_TRUE(has(said, R"("event":"destroyed","domid":7)"));
    EXPECT_TRUE(has(said, R"("event":"destroyed","domid":8)"));
    EXPECT_TRUE(wanted.ended());
}

TEST_F(ShutdownFeedTest, OneThatDoesNotAnswerIsGivenUp) {
    auto wanted = feed(Until::kShutDown);
    happens(event::kUnanswered, "u7");
    happens(event::kShutdown, "u8", "poweroff");
    EXPECT_TRUE(has(wanted.take(), R"("event":"unanswered","domid":7)"));
    EXPECT_TRUE(wanted.ended());
}

TEST_F(ShutdownFeedTest, TimeIsUpForThoseThatAreLeft) {
    auto wanted = feed(Until::kShutDown, std::chrono::seconds{0});
    happens(event::kShutdown, "u7", "poweroff");
    bool woken = false;
    wanted.subscribe([&] { woken = true; });
    io.run();
    EXPECT_TRUE(woken);
    const auto said = wanted.take();
    EXPECT_TRUE(has(said, R"("event":"shutdown","domid":7)"));
    EXPECT_TRUE(has(said, R"("event":"timed-out","domid":8)"));
    EXPECT_TRUE(wanted.ended());
}

TEST_F(ShutdownFeedTest, ItsTimerDoesNotOutliveIt) {
    {
        auto wanted = feed(Until::kShutDown, std::chrono::seconds{3600});
        wanted.subscribe([] {});
        io.poll();
    }
    io.restart();
    io.run();  // returns at once
}

}  // namespace
}  // namespace zeroth::daemon
