// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "tests/guests/rtos/tree.hpp"
#include "tests/guests/rtos/xen.hpp"

namespace zeroth::rtos {

/// The PV console: a ring in a page that Xen's tools gave. Where they gave none, since Xen itself
/// made this guest, what is printed goes to the emulated UART, and nothing can be typed.
class Console {
public:
    constexpr Console() = default;

    void open();
    /// Only if there is no ring.
    void open_uart(const Tree& tree);
    /// Waits for room, though not for ever: nobody may be reading.
    void print_line(std::string_view text);
    /// A line that has been typed whole, without its end. Valid until the next call.
    std::optional<std::string_view> read_line();

private:
    struct Ring;
    void put(char letter);
    void put_uart(char letter) const;

    std::uintptr_t uart_ = 0;
    volatile Ring* ring_ = nullptr;
    xen::Port port_{};
    std::array<char, 512> typed_{};
    std::size_t typed_size_ = 0;
};

}  // namespace zeroth::rtos
