// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/events.hpp"
#include "daemon/http/message.hpp"

namespace zeroth::daemon {

/// Which events a reader wants; what is empty lets all through.
struct EventFilter {
    /// Whole kinds ("domain.created") and families ("domain").
    std::vector<std::string> kinds;
    /// A domid, a UUID or a name.
    std::string domain;

    bool passes(const api::Event& event) const;
};

/// The event log as server-sent events (WHATWG HTML, 9.2). It holds nothing back: a reader that is
/// too slow for what the log keeps is told which events it has missed, by an event "gap".
class EventFeed : public http::Feed {
public:
    enum class Follow { kNo, kYes };
    /// Where a reader begins: behind this id of the log, and what it is to be told before.
    struct Start {
        std::uint64_t after = 0;
        std::optional<api::EventReset> reset = std::nullopt;
    };
    EventFeed(EventLog& log, Start start, EventFilter filter, Follow follow);

    std::string_view content_type() const override { return "text/event-stream"; }
    /// Begins with a comment and the id where the reader stands, so that it can resume from there
    /// whatever happens.
    std::string take() override;
    bool ended() const override { return follow_ == Follow::kNo; }
    /// A comment, and the id of what was looked at last: a reader for whom nothing passed the
    /// filter resumes there.
    std::string heartbeat() override;
    void subscribe(std::function<void()> wake) override;

private:
    std::string id_line(std::uint64_t id) const;

    EventLog& log_;
    std::uint64_t after_;
    std::optional<api::EventReset> reset_;
    EventFilter filter_;
    Follow follow_;
    bool begun_ = false;
    std::optional<EventLog::Subscription> subscription_;
};

}  // namespace zeroth::daemon
