// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "tests/guests/rtos/gpio.hpp"
#include "tests/guests/rtos/tree.hpp"
#include "tests/guests/rtos/xen.hpp"

namespace zeroth::rtos {

/// The page by which dom0 sets and reads the pin (pin_page.hpp).
class Share {
public:
    constexpr Share() = default;

    /// Grants the page to dom0 and makes a port for it: 0, or minus an errno. Once; then as before.
    std::intptr_t open(const Tree& tree);
    /// Does what dom0 has asked for, if anything.
    void serve(const Gpio& gpio);

    std::uint32_t grant() const { return kGrant; }
    std::uint32_t port() const { return std::to_underlying(port_); }

private:
    /// The first entries of a grant table are set aside for what Xen's tools seed.
    static constexpr std::uint32_t kGrant = 8;

    bool open_ = false;
    xen::Port port_{};
};

}  // namespace zeroth::rtos
