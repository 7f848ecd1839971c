// SPDX-License-Identifier: Apache-2.0
#include "daemon/events.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "daemon/routes.hpp"

namespace zeroth::daemon {
namespace {

class Events : public testing::Test {
protected:
    Events() { std::filesystem::remove_all(folder_); }
    ~Events() override { std::filesystem::remove_all(folder_); }

    static api::Event of(const char* kind, std::string detail = {}) {
        api::Event event;
        event.kind = kind;
        event.detail = std::move(detail);
        return event;
    }

    std::filesystem::path folder_ = std::filesystem::path{testing::TempDir()} /
                                    (std::string{"zeroth-events-"} +
                                     testing::UnitTest::GetInstance()->current_test_info()->name());
    std::string path_ = folder_ / "events";
};

TEST_F(Events, HaveIdsThatRiseByOneAndATime) {
    EventLog log{path_};
    EXPECT_EQ(log.newest(), 0U);
    log.append(of(event::kCreated));
    log.append(of(event::kDestroyed));
    const auto page = log.since(0, 10);
    ASSERT_EQ(page.events.size(), 2U);
    EXPECT_EQ(page.events[0].id, 1U);
    EXPECT_EQ(page.events[1].id, 2U);
    EXPECT_EQ(page.events[1].kind, event::kDestroyed);
    EXPECT_GT(page.events[0].time_ms, 0);
    EXPECT_FALSE(page.gap);
}

TEST_F(Events, AreReadFromAnIdOnAndInPages) {
    EventLog log{path_};
    for (int i = 0; i < 5; ++i) log.append(of(event::kChanged));
    EXPECT_EQ(log.since(3, 10).events.front().id, 4U);
    EXPECT_EQ(log.since(0, 2).events.size(), 2U);
    EXPECT_TRUE(log.since(5, 10).events.empty());
    EXPECT_TRUE(log.since(99, 10).events.empty());
}

TEST_F(Events, GoOnAfterARestart) {
    {
        EventLog log{path_};
        log.append(of(event::kCreated, "the first life"));
    }
    EventLog log{path_};
    log.append(of(event::kCreated, "the second"));
    const auto page = log.since(0, 10);
    ASSERT_EQ(page.events.size(), 2U);
    EXPECT_EQ(page.events[0].detail, "the first life");
    EXPECT_EQ(page.events[1].id, 2U);
}

TEST_F(Events, AreOfAnotherLogOnceTheFileHasGone) {
    std::string name;
    {
        EventLog log{path_};
        name = log.name();
        EXPECT_EQ(name.size(), 8U);
        log.append(of(event::kCreated));
    }
    EXPECT_EQ(EventLog{path_}.name(), name);
    std::filesystem::remove_all(folder_);
    const EventLog other{path_};
    EXPECT_NE(other.name(), name);
    EXPECT_EQ(other.newest(), 0U);
}

/// No file may grow beyond `size` bytes for as long as it lives, as on a disk that is full.
class FullDisk {
public:
    explicit FullDisk(rlim_t size) {
        ::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit now{size, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &now);
    }
    ~FullDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }

private:
    rlimit before_{};
};

TEST_F(Events, DoNotComeBackUnderTheSameIdsAfterAFullDisk) {
    std::string name;
    {
        EventLog log{path_};
        name = log.name();
        log.append(of(event::kCreated));
        const FullDisk full{64};
        log.append(of(event::kDestroyed));
        EXPECT_EQ(log.since(0, 10).events.size(), 2U);
    }
    EXPECT_NE(EventLog{path_}.name(), name);
}

TEST_F(Events, AreWrittenAgainOnceThereIsRoom) {
    std::string name;
    {
        EventLog log{path_};
        name = log.name();
        {
            const FullDisk full{64};
            log.append(of(event::kCreated));
        }
        std::this_thread::sleep_for(EventLog::kRetry);
        log.append(of(event::kDestroyed));
    }
    const EventLog log{path_};
    EXPECT_EQ(log.name(), name);
    EXPECT_EQ(log.newest(), 2U);
}

std::string start_of(const std::string& stream) { return stream.substr(0, stream.find("\n\n")); }

TEST_F(Events, OfAFormerLogAreNotTakenForThoseOfThisOne) {
    EventLog log{path_};
    for (int i = 0; i < 3; ++i) log.append(of(event::kChanged));
    std::vector<http::Route> routes;
    add_event_routes(routes, log);
    const auto asked = [&](const std::string& after) {
        http::Request request;
        request.query = {{"after", after}, {"follow", "false"}};
        auto answer = routes[0].handle(request);
        auto* const feed = std::get_if<std::unique_ptr<http::Feed>>(&answer);
        if (feed == nullptr) return std::string{"refused"};
        // The first piece is where the reader stands, the second what there is for it.
        auto text = (*feed)->take();
        return text += (*feed)->take();
    };
    const auto behind = [&](int id) {
        return fmt::format(": behind this\nid: {}.{}", log.name(), id);
    };
    EXPECT_EQ(start_of(asked(log.name() + ".2")), behind(2));
    EXPECT_EQ(start_of(asked("2")), behind(2));
    // As many may have happened since as had before: the number alone says nothing.
    EXPECT_EQ(
        start_of(asked("00c0ffee.2")),
        fmt::format("id: {0}.0\nevent: reset\ndata: {{\"log\":\"{0}\",\"former\":\"00c0ffee\"}}",
                    log.name()));
    EXPECT_THAT(asked("00c0ffee.2"), testing::HasSubstr("\"id\":1,"));
    EXPECT_THAT(asked("4"), testing::HasSubstr("event: reset"));
    for (const char* const bad : {"x", ".2", "00c0ffee.", "00c0ffee.2x", "yesterday.2", "2."}) {
        EXPECT_EQ(asked(bad), "refused") << bad;
    }
}

TEST_F(Events, SurviveALineThatWasCutShort) {
    {
        EventLog log{path_};
        log.append(of(event::kCreated));
    }
    std::ofstream{path_, std::ios::app} << R"({"id":2,"kind":"dom)";
    {
        EventLog log{path_};
        log.append(of(event::kDestroyed));
    }
    const EventLog log{path_};
    EXPECT_EQ(log.since(0, 10).events.size(), 2U);
    EXPECT_EQ(log.newest(), 2U);
}

TEST_F(Events, AreBoundedAndAReaderIsToldOfAGap) {
    EventLog log{path_};
    for (std::size_t i = 0; i < 3 * EventLog::kKept; ++i) log.append(of(event::kChanged));
    const auto page = log.since(0, 1U << 20);
    EXPECT_TRUE(page.gap);
    EXPECT_EQ(page.events.size(), EventLog::kKept);
    EXPECT_FALSE(log.since(log.newest() - 1, 10).gap);
    std::ifstream file{path_};
    std::size_t lines = 0;
    for (std::string line; std::getline(file, line);) ++lines;
    EXPECT_LE(lines, 2 * EventLog::kKept);
}

TEST_F(Events, WakeTheirReadersUntilThoseGo) {
    EventLog log{path_};
    int woken = 0;
    {
        const auto reader = log.subscribe([&] { ++woken; });
        log.append(of(event::kCreated));
        EXPECT_EQ(woken, 1);
    }
    log.append(of(event::kCreated));
    EXPECT_EQ(woken, 1);
}

TEST_F(Events, WorkFromMemoryWhereNoFileCanBe) {
    EventLog log{"/proc/no/such/folder/events"};
    log.append(of(event::kCreated));
    EXPECT_EQ(log.since(0, 10).events.size(), 1U);
}

}  // namespace
}  // namespace zeroth::daemon
