// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <poll.h>

#include <chrono>
#include <cstddef>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "xenstore/client/connection.hpp"

namespace zeroth::daemon::devices {

/// Watches of one piece of work, on a connection of its own, so that other things can be waited for
/// beside them. They go with it.
class Watcher {
public:
    using Clock = std::chrono::steady_clock;

    static Result<Watcher> open();

    /// Each fires at once, and then for each change at or below it.
    Result<> watch(std::vector<std::string> paths);
    /// The places of those that have fired by now; or none as soon as one of `others` is ready (see
    /// its revents), or the time is up. After xenstored was away everything fires once.
    Result<std::set<std::size_t>> next(std::span<pollfd> others, Clock::time_point end);

private:
    Watcher(xs::Connection connection, int fd) : connection_{std::move(connection)}, fd_{fd} {}

    Result<> send();
    Result<> reconnect(Clock::time_point end);
    Result<std::set<std::size_t>> fired();
    Result<std::set<std::size_t>> hear();
    Result<> add(const xs::Message& message, std::set<std::size_t>& places) const;

    /// None while xenstored is away.
    std::optional<xs::Connection> connection_;
    int fd_;
    std::vector<std::string> paths_;
};

}  // namespace zeroth::daemon::devices
