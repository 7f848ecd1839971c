// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>

#include "core/ids.hpp"
#include "xenstore/tree/watch_index.hpp"

namespace zeroth::xenstored {

/// Clients whose transaction ended in vain begin the next a few at a time, first come, first
/// served: were all to begin at once, all but one of them would be in vain again.
class Retries {
public:
    using Clock = std::chrono::steady_clock;
    static constexpr std::size_t kAtOnce = 4;
    /// Nobody waits longer for others who do not come to an end.
    static constexpr std::chrono::milliseconds kPatience{10};

    /// Whether the client may begin a transaction now; if not, it waits until `next` names it.
    bool begin(ConnectionId client, Clock::time_point now);
    enum class Outcome : std::uint8_t { kDone, kInVain };
    void ended(ConnectionId client, Outcome outcome);
    void forget(ConnectionId client);
    /// One of those who wait who may begin now.
    std::optional<ConnectionId> next(Clock::time_point now);
    /// When `next` has somebody, whatever happens.
    std::optional<Clock::time_point> deadline() const;

private:
    enum class Stage : std::uint8_t { kFailed, kWaiting, kTrying };
    struct Waiting {
        ConnectionId client;
        Clock::time_point deadline;
    };

    /// Who failed and has not succeeded since.
    std::unordered_map<ConnectionId, Stage> clients_;
    std::deque<Waiting> waiting_;
    std::size_t trying_ = 0;
};

}  // namespace zeroth::xenstored
