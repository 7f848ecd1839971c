// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>
#include <charconv>

#include "daemon/event_feed.hpp"
#include "daemon/routes.hpp"

namespace zeroth::daemon {
namespace {

std::string query(const http::Request& request, const std::string& key) {
    const auto found = request.query.find(key);
    return found == request.query.end() ? std::string{} : found->second;
}

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const auto end = std::min(text.find(','), text.size());
        if (end > 0) parts.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

/// The id behind which the reader wants to go on: what a browser's EventSource says when it
/// connects again, what the query says, or the newest. Of an id of another log, which is that of
/// another boot of the host, nothing that we know has been seen; and so of a number that we have
/// not given out yet.
Result<EventFeed::Start> start_of(const http::Request& request, const EventLog& log) {
    const auto newest = log.newest();
    std::string text{request.field("last-event-id")};
    if (text.empty()) text = query(request, "after");
    if (text.empty()) return EventFeed::Start{newest};
    const auto dot = text.find('.');
    const auto name = dot == text.npos ? std::string{} : text.substr(0, dot);
    const auto* const end = text.data() + text.size();
    const auto* const digits = dot == text.npos ? text.data() : text.data() + dot + 1;
    std::uint64_t id = 0;
    const auto [rest, error] = std::from_chars(digits, end, id);
    const bool is_name =
        std::ranges::all_of(name, [](unsigned char c) { return std::isxdigit(c) != 0; });
    if (error != std::errc{} || rest != end || !is_name || dot == 0) {
        return fail(Error::message(EINVAL, "'" + text + "' is no event's id"));
    }
    const bool other = name.empty() ? id > newest : name != log.name();
    if (other) return EventFeed::Start{0, api::EventReset{log.name(), name}};
    return EventFeed::Start{std::min(id, newest)};
}

http::Answer events(EventLog& log, const http::Request& request) {
    auto start = start_of(request, log);
    if (!start) return http::problem(start.error());
    EventFilter filter{split(query(request, "kinds")), query(request, "domain")};
    const auto follow = !request.query.contains("follow") || request.has("follow")
                            ? EventFeed::Follow::kYes
                            : EventFeed::Follow::kNo;
    return std::make_unique<EventFeed>(log, *std::move(start), std::move(filter), follow);
}

}  // namespace

void add_event_routes(std::vector<http::Route>& routes, EventLog& log) {
    routes.push_back({"GET", "/v1/events", http::Access::kRead,
                      [&log](const http::Request& request) { return events(log, request); }});
}

}  // namespace zeroth::daemon
