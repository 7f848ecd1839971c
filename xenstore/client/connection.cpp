// SPDX-License-Identifier: Apache-2.0
#include "xenstore/client/connection.hpp"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <string>

namespace zeroth::xs {
namespace {

int milliseconds_until(Deadline deadline) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1'000'000'000));
}

}  // namespace

Result<> Connection::transfer(std::string_view& unsent, Deadline deadline) {
    ZEROTH_CHECK(endpoint_.send(unsent));
    pollfd entry{endpoint_.fd.get(), static_cast<short>(unsent.empty() ? POLLIN : POLLIN | POLLOUT),
                 0};
    const int ready = ::poll(&entry, 1, milliseconds_until(deadline));
    if (ready < 0) return errno == EINTR ? Result<>{} : errno_error("wait for XenStore");
    if (ready == 0) return fail(ETIMEDOUT, "wait for XenStore");
    if ((entry.revents & (POLLIN | POLLHUP | POLLERR)) != 0) return endpoint_.receive(reader_);
    return {};
}

Result<Message> Connection::receive(std::string_view& unsent, Deadline deadline) {
    for (;;) {
        ZEROTH_TRY(auto message, reader_.next());
        if (message) return *std::move(message);
        ZEROTH_CHECK(transfer(unsent, deadline));
    }
}

Result<> Connection::exchange(std::span<Message> requests, std::vector<Message>& replies,
                              Deadline deadline) {
    if (endpoint_.kind == Endpoint::Kind::kDevice && requests.size() > 1) {
        for (std::size_t i = 0; i < requests.size(); ++i) {
            ZEROTH_CHECK(exchange(requests.subspan(i, 1), replies, deadline));
        }
        return {};
    }
    std::string bytes;
    std::uint32_t expected = next_request_;
    for (auto& request : requests) {
        request.request_id = next_request_++;
        encode(request, bytes);
    }
    std::string_view unsent = bytes;
    while (expected != next_request_) {
        ZEROTH_TRY(auto message, receive(unsent, deadline));
        if (message.type == MessageType::kWatchEvent) {
            events_.push_back(std::move(message));
        } else if (message.request_id != expected) {
            return fail(EPROTO, "XenStore answered a request that was not asked");
        } else {
            replies.push_back(std::move(message));
            ++expected;
        }
    }
    return {};
}

Result<Message> Connection::next_event(std::string_view payload_end, Deadline deadline) {
    std::string_view nothing;
    for (std::size_t seen = 0;; ++seen) {
        if (seen == events_.size()) {
            ZEROTH_TRY(auto message, receive(nothing, deadline));
            if (message.type != MessageType::kWatchEvent) {
                return fail(EPROTO, "XenStore answered a request that was not asked");
            }
            events_.push_back(std::move(message));
        }
        if (!events_[seen].payload.ends_with(payload_end)) continue;
        auto event = std::move(events_[seen]);
        events_.erase(events_.begin() + static_cast<std::ptrdiff_t>(seen));
        return event;
    }
}

Result<std::optional<Message>> Connection::event_at_hand() {
    if (!events_.empty()) {
        auto event = std::move(events_.front());
        events_.pop_front();
        return event;
    }
    ZEROTH_TRY(auto message, reader_.next());
    if (message && message->type != MessageType::kWatchEvent)
        return fail(EPROTO, "XenStore answered a request that was not asked");
    return message;
}

}  // namespace zeroth::xs
