// SPDX-License-Identifier: Apache-2.0
#include "daemon/shutdown_feed.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <boost/json/serialize.hpp>

#include "daemon/api/json.hpp"
#include "daemon/lives/policy.hpp"

namespace zeroth::daemon {
namespace {

using Clock = std::chrono::steady_clock;
using Until = ShutdownFeed::Until;

constexpr std::size_t kAtOnce = 64;

struct Step {
    std::string_view kind, line;
    /// The domain is as far as this, once that has happened.
    Until reached;
};
/// A life that another follows has ended, too.
constexpr std::array kSteps{
    Step{event::kAcknowledged, "acknowledged", Until::kAcknowledged},
    Step{event::kUnanswered, "unanswered", Until::kDestroyed},
    Step{event::kShutdown, "shutdown", Until::kShutDown},
    Step{event::kDestroyed, "destroyed", Until::kDestroyed},
    Step{event::kRestarted, "destroyed", Until::kDestroyed},
    Step{event::kDamped, "destroyed", Until::kDestroyed},
    Step{event::kRestartFailed, "destroyed", Until::kDestroyed},
};

std::string line_of(const api::ShutdownEvent& event) {
    return boost::json::serialize(api::encode(event)) + '\n';
}

}  // namespace

/// The timer lives on the io thread, and may go off after the feed is gone.
struct ShutdownFeed::Alarm {
    explicit Alarm(boost::asio::io_context& on) : io{on}, timer{on} {}
    boost::asio::io_context& io;
    boost::asio::steady_timer timer;
    std::mutex mutex;
    std::function<void()> wake;
};

ShutdownFeed::ShutdownFeed(EventLog& log, boost::asio::io_context& io, std::uint64_t after,
                           std::string lines, std::vector<Asked> asked, Until until,
                           std::optional<std::chrono::seconds> timeout)
    : log_{log},
      after_{after},
      lines_{std::move(lines)},
      asked_{std::move(asked)},
      until_{until},
      alarm_{std::make_shared<Alarm>(io)} {
    if (until_ == Until::kAsked) asked_.clear();
    if (timeout) deadline_ = Clock::now() + *timeout;
}

ShutdownFeed::~ShutdownFeed() {
    const std::lock_guard lock{alarm_->mutex};
    alarm_->wake = nullptr;
    boost::asio::post(alarm_->io, [alarm = alarm_] { alarm->timer.cancel(); });
}

void ShutdownFeed::subscribe(std::function<void()> wake) {
    subscription_.emplace(log_.subscribe(wake));
    if (!deadline_) return;
    alarm_->wake = std::move(wake);
    boost::asio::post(alarm_->io, [alarm = alarm_, at = *deadline_] {
        alarm->timer.expires_at(at);
        alarm->timer.async_wait([alarm](const boost::system::error_code& error) {
            const std::lock_guard lock{alarm->mutex};
            if (!error && alarm->wake) alarm->wake();
        });
    });
}

std::string ShutdownFeed::take() {
    auto out = std::exchange(lines_, {});
    while (!asked_.empty()) {
        const auto page = log_.since(after_, kAtOnce);
        if (page.events.empty()) break;
        for (const auto& event : page.events) say(out, event);
        after_ = page.events.back().id;
    }
    if (!deadline_ || Clock::now() < *deadline_) return out;
    for (const auto& asked : std::exchange(asked_, {})) {
        api::ShutdownEvent late;
        late.event = "timed-out";
        late.domid = asked.domid;
        late.name = asked.name;
        out += line_of(late);
    }
    return out;
}

void ShutdownFeed::say(std::string& out, const api::Event& event) {
    const auto asked = std::ranges::find(asked_, event.uuid, &Asked::uuid);
    const auto step = std::ranges::find(kSteps, event.kind, &Step::kind);
    if (asked == asked_.end() || step == kSteps.end()) return;
    api::ShutdownEvent said;
    said.event = step->line;
    said.domid = asked->domid;
    said.name = asked->name;
    said.reason = event.code;
    if (event.kind == event::kShutdown) said.code = lives::reason_code(event.code);
    said.detail = event.detail;
    out += line_of(said);
    if (step->reached >= until_) asked_.erase(asked);
}

}  // namespace zeroth::daemon
