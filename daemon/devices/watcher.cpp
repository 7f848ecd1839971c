// SPDX-License-Identifier: Apache-2.0
#include "daemon/devices/watcher.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <thread>

#include "xenstore/client/endpoint.hpp"
#include "xenstore/client/payload.hpp"

namespace zeroth::daemon::devices {
namespace {

using namespace std::chrono_literals;

constexpr auto kReply = 30s;
constexpr auto kRetry = 20ms;

}  // namespace

Result<Watcher> Watcher::open() {
    ZEROTH_TRY(auto endpoint, xs::open_endpoint(xs::default_endpoint()));
    const int fd = endpoint.fd.get();
    return Watcher{xs::Connection{std::move(endpoint)}, fd};
}

Result<> Watcher::send() {
    std::vector<xs::Message> requests, replies;
    for (std::size_t i = 0; i < paths_.size(); ++i)
        requests.push_back(xs::watch_request({paths_[i], fmt::to_string(i), {}}));
    ZEROTH_CHECK(connection_->exchange(requests, replies, Clock::now() + kReply));
    for (std::size_t i = 0; i < paths_.size(); ++i)
        if (const auto error = xs::error_of(replies[i]))
            return fail(*error, "XenStore: watch " + paths_[i]);
    return {};
}

Result<> Watcher::watch(std::vector<std::string> paths) {
    paths_ = std::move(paths);
    // Without xenstored they are made when that is back.
    if (!connection_) return {};
    auto sent = send();
    if (sent || !sent.error().is(ECONNRESET)) return sent;
    connection_.reset();
    return {};
}

Result<> Watcher::reconnect(Clock::time_point end) {
    while (!connection_) {
        auto fresh = open();
        if (fresh) {
            connection_ = std::move(fresh->connection_);
            fd_ = fresh->fd_;
            ZEROTH_CHECK(send());
        } else if (Clock::now() > end) {
            return fail(std::move(fresh).error());
        } else {
            std::this_thread::sleep_for(kRetry);
        }
    }
    return {};
}

/// Those of whom there is word here already.
Result<std::set<std::size_t>> Watcher::fired() {
    std::set<std::size_t> places;
    for (;;) {
        ZEROTH_TRY(const auto message, connection_->event_at_hand());
        if (!message) return places;
        ZEROTH_CHECK(add(*message, places));
    }
}

Result<> Watcher::add(const xs::Message& message, std::set<std::size_t>& places) const {
    ZEROTH_TRY(const auto event, xs::parse_event(message));
    std::size_t place = paths_.size();
    std::from_chars(event.token.data(), event.token.data() + event.token.size(), place);
    if (place < paths_.size()) places.insert(place);
    return {};
}

/// The same once there is something to be read.
Result<std::set<std::size_t>> Watcher::hear() {
    const auto message = connection_->next_event({}, Clock::now());
    if (!message) {
        if (message.error().is(ECONNRESET))
            connection_.reset();
        else if (!message.error().is(ETIMEDOUT))
            return fail(message.error());
        return std::set<std::size_t>{};
    }
    ZEROTH_TRY(auto places, fired());
    ZEROTH_CHECK(add(*message, places));
    return places;
}

Result<std::set<std::size_t>> Watcher::next(std::span<pollfd> others, Clock::time_point end) {
    for (;;) {
        ZEROTH_CHECK(reconnect(std::max(end, Clock::now() + kReply)));
        ZEROTH_TRY(auto places, fired());
        if (!places.empty()) return places;
        std::vector<pollfd> all{others.begin(), others.end()};
        all.push_back({fd_, POLLIN, 0});
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
        const int ready =
            ::poll(all.data(), all.size(),
                   static_cast<int>(std::clamp<std::int64_t>(left / 1ms, 0, 3'600'000)));
        if (ready < 0 && errno != EINTR) return errno_error("wait for XenStore");
        std::copy_n(all.begin(), others.size(), others.begin());
        if (ready > 0 && all.back().revents != 0) {
            ZEROTH_TRY(places, hear());
        }
        const bool other =
            std::ranges::any_of(others, [](const pollfd& one) { return one.revents != 0; });
        if (ready == 0 || other || !places.empty()) return places;
    }
}

}  // namespace zeroth::daemon::devices
