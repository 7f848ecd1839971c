// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <poll.h>

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "xenstore/client/connection.hpp"
#include "xenstore/client/watch.hpp"

namespace zeroth::daemon::devices {

/// Watches of one piece of work, on a connection of its own, so that other things can be waited for
/// beside them. They go with it.
class Watcher {
public:
    using Clock = std::chrono::steady_clock;

    static Result<Watcher> open();

    /// Fires at once, and then for each change at or below the path.
    Result<> watch(const std::string& path, const std::string& token);
    /// The token of what fired; or nothing as soon as one of `others` is ready (see its revents),
    /// or the time is up. After xenstored was away everything fires once.
    Result<std::optional<std::string>> next(std::span<pollfd> others, Clock::time_point end);

private:
    Watcher(xs::Connection connection, int fd) : connection_{std::move(connection)}, fd_{fd} {}

    Result<> send(const xs::Watch& watch);
    Result<> reconnect(Clock::time_point end);

    /// None while xenstored is away.
    std::optional<xs::Connection> connection_;
    int fd_;
    std::vector<xs::Watch> watches_;
};

}  // namespace zeroth::daemon::devices
