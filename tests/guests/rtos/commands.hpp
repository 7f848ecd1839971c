// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include "tests/guests/rtos/console.hpp"
#include "tests/guests/rtos/events.hpp"
#include "tests/guests/rtos/gic.hpp"
#include "tests/guests/rtos/gpio.hpp"
#include "tests/guests/rtos/share.hpp"
#include "tests/guests/rtos/timer.hpp"
#include "tests/guests/rtos/tree.hpp"
#include "tests/guests/rtos/xenbus.hpp"

namespace zeroth::rtos {

/// All that a command may want.
struct Machine {
    const Tree* tree = nullptr;
    const Gic* gic = nullptr;
    const Timer* timer = nullptr;
    const Events* events = nullptr;
    Console console;
    XenBus xenbus;
    Gpio gpio;
    /// That of the GPIO, if we were given one; and the pins that have raised it and not been told
    /// of.
    std::optional<std::uint32_t> gpio_interrupt;
    volatile std::uint32_t pins = 0;
    Share share;
};

/// Does what is asked for on the console, over the shared page and by xl, for ever.
[[noreturn]] void run(Machine& machine);

}  // namespace zeroth::rtos
