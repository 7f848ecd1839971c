// SPDX-License-Identifier: Apache-2.0
#include "daemon/event_feed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "core/append.hpp"
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

EventFeed::EventFeed(EventLog& log, Start start, EventFilter filter, Follow follow)
    : log_{log},
      after_{start.after},
      reset_{std::move(start.reset)},
      filter_{std::move(filter)},
      follow_{follow} {}

std::string EventFeed::id_line(std::uint64_t id) const {
    return fmt::format("id: {}.{}\n", log_.name(), id);
}

std::string EventFeed::take() {
    std::string out;
    if (!std::exchange(begun_, true)) {
        out = reset_ ? fmt::format("{}event: reset\ndata: {}\n\n", id_line(after_),
                                   boost::json::serialize(api::encode(*reset_)))
                     : fmt::format(": behind this\n{}\n", id_line(after_));
    }
    while (out.empty()) {
        const auto page = log_.since(after_, kAtOnce);
        if (page.events.empty()) break;
        if (page.gap) {
            const api::EventGap gap{after_ + 1, page.events.front().id - 1};
            append(out, "{}event: gap\ndata: {}\n\n", id_line(gap.last),
                   boost::json::serialize(api::encode(gap)));
        }
        for (auto event : page.events) {
            if (!filter_.passes(event)) continue;
            event.log = log_.name();
            append(out, "{}event: {}\ndata: {}\n\n", id_line(event.id), event.kind,
                   boost::json::serialize(api::encode(event)));
        }
        after_ = page.events.back().id;
    }
    return out;
}

std::string EventFeed::heartbeat() { return fmt::format(": still here\n{}\n", id_line(after_)); }

void EventFeed::subscribe(std::function<void()> wake) {
    subscription_.emplace(log_.subscribe(std::move(wake)));
}

}  // namespace zeroth::daemon
