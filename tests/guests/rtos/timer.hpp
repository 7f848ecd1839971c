// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "tests/guests/rtos/cpu.hpp"

namespace zeroth::rtos {

/// The virtual timer, a hundred times a second.
class Timer {
public:
    static constexpr std::uint32_t kTicksPerSecond = 100;

    constexpr Timer() = default;

    void open() {
        period_ = cpu::counter_frequency() / kTicksPerSecond;
        next_ = cpu::counter() + period_;
        cpu::set_timer(next_);
    }
    /// Xen masks the timer when it has fired: setting it anew unmasks it. A vCPU that did not run
    /// for a while has missed ticks, which are not made up for.
    void on_interrupt() {
        ticks_ = ticks_ + 1;
        const auto now = cpu::counter();
        next_ = next_ + period_ > now ? next_ + period_ : now + period_;
        cpu::set_timer(next_);
    }
    std::uint32_t ticks() const { return ticks_; }

private:
    std::uint32_t period_ = 0;
    std::uint64_t next_ = 0;
    volatile std::uint32_t ticks_ = 0;
};

/// A moment in the future.
class Deadline {
public:
    explicit Deadline(std::uint32_t milliseconds)
        : when_{cpu::counter() + std::uint64_t{cpu::counter_frequency() / 1000} * milliseconds} {}
    bool passed() const { return cpu::counter() >= when_; }

private:
    std::uint64_t when_;
};

}  // namespace zeroth::rtos
