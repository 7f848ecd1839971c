// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace zeroth::daemon::http {

/// What one client, and all of them together, may cost.
struct Limits {
    std::uint64_t body_bytes = 4U << 20;
    std::uint32_t header_bytes = 16U << 10;
    /// Between requests; from a request's first byte to the end of its header; for its body; for
    /// each piece that is written. Feeds say something every `heartbeat`.
    std::chrono::milliseconds idle{60'000}, header{10'000}, body{30'000}, write{30'000},
        heartbeat{15'000};
    /// An idle connection that is younger may have a request on its way, and keeps its place.
    std::chrono::milliseconds grace{100};
    /// Connections in all; of each user but root, who is left the rest, and of all such users.
    std::size_t connections = 256, per_user = 32, users = 160;
    /// Of the connections, those on which a feed may run: the others are for short requests.
    std::size_t feeds = 128;
    /// Of the workers, how many the long lane has at most.
    std::size_t long_jobs = 6;
};

}  // namespace zeroth::daemon::http
