// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "tests/guests/rtos/cpu.hpp"

namespace zeroth::rtos {

/// One pin of a PL061, ARM's general-purpose I/O (its Technical Reference Manual, chapter 3).
class Gpio {
public:
    constexpr Gpio() = default;

    void open(std::uintptr_t registers, std::uint32_t pin) {
        registers_ = registers;
        mask_ = 1U << pin;
    }
    /// Drives the pin; from now on it is an output.
    void set(bool high) const {
        cpu::write32(registers_ + kDirection, cpu::read32(registers_ + kDirection) | mask_);
        // The address says which pins a write is for.
        cpu::write32(registers_ + (mask_ << 2), high ? mask_ : 0);
    }
    bool is_high() const { return (cpu::read32(registers_ + (mask_ << 2)) & mask_) != 0; }
    std::uintptr_t registers() const { return registers_; }

private:
    static constexpr std::uintptr_t kDirection = 0x400;

    std::uintptr_t registers_ = 0;
    std::uint32_t mask_ = 1;
};

}  // namespace zeroth::rtos
