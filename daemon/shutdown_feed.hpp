// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "daemon/events.hpp"
#include "daemon/http/feed.hpp"

namespace zeroth::daemon {

/// How far domains that were asked to end have come, a line for each step (api::ShutdownEvent),
/// until all are as far as the client wants to know of. It reads the event log: no worker waits in
/// it.
class ShutdownFeed : public http::Feed {
public:
    enum class Until { kAsked, kAcknowledged, kShutDown, kDestroyed };
    struct Asked {
        std::uint32_t domid = 0;
        std::string uuid, name;
    };
    /// `lines` come first: what happened while they were asked. Events count from behind `after`.
    ShutdownFeed(EventLog& log, boost::asio::io_context& io, std::uint64_t after, std::string lines,
                 std::vector<Asked> asked, Until until,
                 std::optional<std::chrono::seconds> timeout);
    ~ShutdownFeed() override;

    std::string_view content_type() const override { return "application/x-ndjson"; }
    std::string take() override;
    bool ended() const override { return asked_.empty(); }
    std::string heartbeat() override { return "\n"; }
    void subscribe(std::function<void()> wake) override;

private:
    struct Alarm;
    void say(std::string& out, const api::Event& event);

    EventLog& log_;
    std::uint64_t after_;
    std::string lines_;
    /// Those of whom something is still to come.
    std::vector<Asked> asked_;
    Until until_;
    std::optional<std::chrono::steady_clock::time_point> deadline_;
    std::shared_ptr<Alarm> alarm_;
    std::optional<EventLog::Subscription> subscription_;
};

}  // namespace zeroth::daemon
