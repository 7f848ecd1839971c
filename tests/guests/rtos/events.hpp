// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "tests/guests/rtos/tree.hpp"
#include "tests/guests/rtos/xen.hpp"

namespace zeroth::rtos {

/// Event channels: Xen raises one interrupt for all of them, and says in shared_info which it
/// means. Somebody may send at the very moment in which a pending bit is cleared past the caches,
/// and that bit be lost: so an interrupt means only that something has happened, and whoever has a
/// ring looks at it.
class Events {
public:
    constexpr Events() = default;

    /// Maps shared_info into the region that the device tree gives for such pages, at its end.
    void open(const Tree& tree);
    /// In the interrupt: takes note, so that Xen tells of the next.
    void on_interrupt();
    /// How often there was one.
    std::uint32_t count() const { return count_; }

private:
    struct SharedInfo;
    volatile SharedInfo* info_ = nullptr;
    volatile std::uint32_t count_ = 0;
};

/// The start of the region for Xen's pages, where the grant table goes; panics where there is none.
std::uintptr_t grant_region(const Tree& tree);

}  // namespace zeroth::rtos
