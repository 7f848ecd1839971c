// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "tests/guests/rtos/tree.hpp"

namespace zeroth::rtos {

// Private interrupts of each CPU, as Xen has them on ARM.
constexpr std::uint32_t kTimerInterrupt = 27, kEventInterrupt = 31;

/// The interrupt controller, version 2 or 3, whichever the device tree has.
class Gic {
public:
    constexpr Gic() = default;

    /// Opens it for the two interrupts above. Panics where there is none.
    void open(const Tree& tree);
    /// Opens it for an interrupt of a device's, by its level; it goes to the first CPU.
    void open_shared(std::uint32_t interrupt) const;
    /// The interrupt that has been raised, 1023 for none; to be ended once it is handled.
    std::uint32_t acknowledge() const;
    void end(std::uint32_t interrupt) const;
    std::uint32_t version() const { return version_; }

private:
    void open_private(std::uintptr_t registers) const;

    std::uint32_t version_ = 0;
    std::uintptr_t distributor_ = 0;
    std::uintptr_t cpu_interface_ = 0;
};

}  // namespace zeroth::rtos
