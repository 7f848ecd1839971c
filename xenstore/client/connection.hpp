// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <deque>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "xenstore/client/endpoint.hpp"
#include "xenstore/wire/frame_reader.hpp"
#include "xenstore/wire/message.hpp"

namespace zeroth::xs {

using Deadline = std::chrono::steady_clock::time_point;

/// One open way to xenstored: bytes out, messages in. It does not reconnect; after an Error of
/// `exchange` or `next_event` other than the latter's ETIMEDOUT it is of no more use.
class Connection {
public:
    explicit Connection(Endpoint endpoint) : endpoint_{std::move(endpoint)} {}

    /// Sends all requests at once and appends their replies in the same order, ERROR replies
    /// included. With an Error, `replies` has those that came before: the rest have no answer.
    /// ECONNRESET: the server closed the connection.
    Result<> exchange(std::span<Message> requests, std::vector<Message>& replies,
                      Deadline deadline);
    /// The first event whose payload ends so; others stay. ETIMEDOUT when there is none by then.
    Result<Message> next_event(std::string_view payload_end, Deadline deadline);
    /// The next that is here already, without a look at the way to the server.
    Result<std::optional<Message>> event_at_hand();
    /// Events that came while replies were waited for.
    std::deque<Message>& events() { return events_; }

private:
    Result<Message> receive(std::string_view& unsent, Deadline deadline);
    Result<> transfer(std::string_view& unsent, Deadline deadline);

    Endpoint endpoint_;
    FrameReader reader_;
    std::deque<Message> events_;
    std::uint32_t next_request_ = 1;
};

}  // namespace zeroth::xs
