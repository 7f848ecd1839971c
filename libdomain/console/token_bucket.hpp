// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>

namespace zeroth::console {

/// How much may pass: `rate` bytes a second, and `burst` at once after a rest. It has no clock: the
/// time is passed in, and one that goes backwards gives nothing.
class TokenBucket {
public:
    using Time = std::chrono::steady_clock::time_point;

    TokenBucket(std::uint64_t rate, std::uint64_t burst)
        : rate_{rate}, burst_{burst}, tokens_{burst} {}

    std::uint64_t available(Time now);
    /// Takes what is there, at most.
    void take(std::uint64_t count);
    /// Until there are `count`, which is at most the burst.
    std::chrono::nanoseconds wait(std::uint64_t count) const;

private:
    std::uint64_t rate_, burst_, tokens_;
    Time filled_{};
    bool started_ = false;
};

}  // namespace zeroth::console
