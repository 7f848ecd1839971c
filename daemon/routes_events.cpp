// SPDX-License-Identifier: Apache-2.0
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
/// connects again, what the query says, or the newest. An id that we have not given out yet is of
/// another boot of the host: nothing of this one has been seen.
Result<std::uint64_t> start_of(const http::Request& request, const EventLog& log) {
    const auto newest = log.newest();
    std::string text{request.field("last-event-id")};
    if (text.empty()) text = query(request, "after");
    if (text.empty()) return newest;
    std::uint64_t id = 0;
    const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error != std::errc{} || rest != text.data() + text.size()) {
        return fail(Error::message(EINVAL, "'" + text + "' is no event's id"));
    }
    return id > newest ? 0 : id;
}

http::Answer events(EventLog& log, const http::Request& request) {
    const auto after = start_of(request, log);
    if (!after) return http::problem(after.error());
    EventFilter filter{split(query(request, "kinds")), query(request, "domain")};
    const auto follow = !request.query.contains("follow") || request.has("follow")
                            ? EventFeed::Follow::kYes
                            : EventFeed::Follow::kNo;
    return std::make_unique<EventFeed>(log, *after, std::move(filter), follow);
}

}  // namespace

void add_event_routes(std::vector<http::Route>& routes, EventLog& log) {
    routes.push_back({"GET", "/v1/events", http::Access::kRead,
                      [&log](const http::Request& request) { return events(log, request); }});
}

}  // namespace zeroth::daemon
