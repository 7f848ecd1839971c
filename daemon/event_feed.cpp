// SPDX-License-Identifier: Apache-2.0
#include "daemon/event_feed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "daemon/api/json.hpp"

namespace zeroth::daemon {
namespace {

/// Events in one piece of the stream.
constexpr std::size_t kAtOnce = 64;

bool is_of(const std::string& kind, const std::string& wanted) {
    return kind.starts_with(wanted) && (kind.size() == wanted.size() || kind[wanted.size()] == '.');
}

}  // namespace

bool EventFilter::passes(const api::Event& event) const {
    const bool kind = kinds.empty() || std::ranges::any_of(kinds, [&](const auto& wanted) {
                          return is_of(event.kind, wanted);
                      });
    if (!kind || domain.empty()) return kind;
    return domain == event.name || domain == event.uuid ||
           (event.domid && domain == fmt::to_string(*event.domid));
}

EventFeed::EventFeed(EventLog& log, std::uint64_t after, EventFilter filter, Follow follow)
    : log_{log}, after_{after}, filter_{std::move(filter)}, follow_{follow} {}

std::string EventFeed::take() {
    std::string out;
    if (!std::exchange(begun_, true)) out = fmt::format(": behind this\nid: {}\n\n", after_);
    while (out.empty()) {
        const auto page = log_.since(after_, kAtOnce);
        if (page.events.empty()) break;
        if (page.gap) {
            const api::EventGap gap{after_ + 1, page.events.front().id - 1};
            fmt::format_to(std::back_inserter(out), "id: {}\nevent: gap\ndata: {}\n\n", gap.last,
                           boost::json::serialize(api::encode(gap)));
        }
        for (const auto& event : page.events) {
            if (!filter_.passes(event)) continue;
            fmt::format_to(std::back_inserter(out), "id: {}\nevent: {}\ndata: {}\n\n", event.id,
                           event.kind, boost::json::serialize(api::encode(event)));
        }
        after_ = page.events.back().id;
    }
    return out;
}

std::string EventFeed::heartbeat() { return fmt::format(": still here\nid: {}\n\n", after_); }

void EventFeed::subscribe(std::function<void()> wake) {
    subscription_.emplace(log_.subscribe(std::move(wake)));
}

}  // namespace zeroth::daemon
