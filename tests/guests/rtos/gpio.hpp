// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "tests/guests/rtos/cpu.hpp"

namespace zeroth::rtos {

/// A PL061, ARM's general-purpose I/O (its Technical Reference Manual, chapter 3): one pin that is
/// driven, and interrupts of it and of the others.
class Gpio {
public:
    constexpr Gpio() = default;

    void open(std::uintptr_t registers, std::uint32_t pin) {
        registers_ = registers;
        mask_ = 1U << pin;
    }
    /// Drives the pin; from now on it is an output.
    void set(bool high) const {
        write(kDirection, read(kDirection) | mask_);
        // The address says which pins a write is for.
        write(mask_ << 2, high ? mask_ : 0);
    }
    bool is_high() const { return (read(mask_ << 2) & mask_) != 0; }
    std::uintptr_t registers() const { return registers_; }

    /// Who had the device before may have left interrupts on and pending.
    void quiet() const {
        write(kInterruptOn, 0);
        write(kInterruptClear, 0xFF);
    }
    /// Another pin's rising edges interrupt.
    void listen(std::uint32_t pin) const {
        const auto mask = 1U << pin;
        write(kDirection, read(kDirection) & ~mask);
        write(kByLevel, read(kByLevel) & ~mask);
        write(kBothEdges, read(kBothEdges) & ~mask);
        write(kRising, read(kRising) | mask);
        write(kInterruptClear, mask);
        write(kInterruptOn, read(kInterruptOn) | mask);
    }
    /// Our own pin interrupts, once, when it is high: what it drives comes back in.
    void interrupt_when_high() const {
        write(kByLevel, read(kByLevel) | mask_);
        write(kRising, read(kRising) | mask_);
        write(kInterruptOn, read(kInterruptOn) | mask_);
    }
    /// In the interrupt: which pins it is of.
    std::uint32_t on_interrupt() {
        const auto pins = read(kInterrupting);
        // A level stays, and would interrupt for ever.
        write(kInterruptOn, read(kInterruptOn) & ~(pins & read(kByLevel)));
        write(kInterruptClear, pins);
        count_ = count_ + 1;
        return pins;
    }
    std::uint32_t count() const { return count_; }

private:
    static constexpr std::uintptr_t kDirection = 0x400, kByLevel = 0x404, kBothEdges = 0x408,
                                    kRising = 0x40C, kInterruptOn = 0x410, kInterrupting = 0x418,
                                    kInterruptClear = 0x41C;

    std::uint32_t read(std::uintptr_t offset) const { return cpu::read32(registers_ + offset); }
    void write(std::uintptr_t offset, std::uint32_t value) const {
        cpu::write32(registers_ + offset, value);
    }

    std::uintptr_t registers_ = 0;
    std::uint32_t mask_ = 1;
    volatile std::uint32_t count_ = 0;
};

}  // namespace zeroth::rtos
