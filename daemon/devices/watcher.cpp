// SPDX-License-Identifier: Apache-2.0
#include "daemon/devices/watcher.hpp"

#include <algorithm>
#include <cerrno>
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

Result<> Watcher::send(const xs::Watch& watch) {
    std::vector<xs::Message> requests{xs::watch_request(watch)}, replies;
    ZEROTH_CHECK(connection_->exchange(requests, replies, Clock::now() + kReply));
    if (const auto error = xs::error_of(replies.front()))
        return fail(*error, "XenStore: watch " + watch.path);
    return {};
}

Result<> Watcher::watch(const std::string& path, const std::string& token) {
    watches_.push_back({path, token, {}});
    // Without xenstored it is made when that is back.
    if (!connection_) return {};
    auto sent = send(watches_.back());
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
            for (const auto& watch : watches_) ZEROTH_CHECK(send(watch));
        } else if (Clock::now() > end) {
            return fail(std::move(fresh).error());
        } else {
            std::this_thread::sleep_for(kRetry);
        }
    }
    return {};
}

Result<std::optional<std::string>> Watcher::next(std::span<pollfd> others, Clock::time_point end) {
    for (;;) {
        ZEROTH_CHECK(reconnect(std::max(end, Clock::now() + kReply)));
        const auto message = connection_->next_event({}, Clock::now());
        if (message) {
            ZEROTH_TRY(auto event, xs::parse_event(*message));
            return std::move(event.token);
        }
        if (message.error().is(ECONNRESET)) {
            connection_.reset();
            continue;
        }
        if (!message.error().is(ETIMEDOUT)) return fail(message.error());
        std::vector<pollfd> all{others.begin(), others.end()};
        all.push_back({fd_, POLLIN, 0});
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
        const int ready =
            ::poll(all.data(), all.size(),
                   static_cast<int>(std::clamp<std::int64_t>(left / 1ms, 0, 3'600'000)));
        if (ready < 0 && errno != EINTR) return errno_error("wait for XenStore");
        std::copy_n(all.begin(), others.size(), others.begin());
        if (std::ranges::any_of(others, [](const pollfd& one) { return one.revents != 0; }))
            return std::nullopt;
        if (ready == 0) return std::nullopt;
    }
}

}  // namespace zeroth::daemon::devices
