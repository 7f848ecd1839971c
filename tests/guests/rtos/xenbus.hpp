// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "tests/guests/rtos/xen.hpp"

namespace zeroth::rtos {

/// A client of XenStore over the ring that Xen's tools gave.
class XenBus {
public:
    /// A request's outcome: what the store said, or the name of its error ("EACCES").
    struct Reply {
        bool good = false;
        std::string_view text;  // valid until the next request
    };

    constexpr XenBus() = default;

    /// Waits for it, if Xen made this guest and promises one: for the timer's interrupts to be on.
    void open();
    Reply read(std::string_view path);
    Reply write(std::string_view path, std::string_view value);
    Reply watch(std::string_view path);
    /// The path of a watch that has fired. Valid until the next call of anything here.
    std::optional<std::string_view> next_event();

private:
    struct Ring;
    enum class Kind : std::uint32_t {
        kRead = 2,
        kWatch = 4,
        kWrite = 11,
        kEvent = 15,
        kError = 16
    };
    struct Header {
        std::uint32_t kind = 0, request = 0, transaction = 0, size = 0;
    };

    Reply ask(Kind kind, std::string_view first, std::string_view second, bool second_ends);
    void send(std::string_view bytes);
    /// One whole message into `payload_`; nothing while there is none.
    std::optional<Header> receive();
    void keep_event();

    static constexpr std::size_t kMostPayload = 4096, kMostEvents = 8, kMostPath = 256;

    volatile Ring* ring_ = nullptr;
    xen::Port port_{};
    std::uint32_t request_ = 0;
    Header incoming_;
    std::size_t received_ = 0;  // of header and payload
    std::array<char, sizeof(Header)> header_{};
    std::array<char, kMostPayload> payload_{};
    struct Event {
        std::array<char, kMostPath> path{};
        std::size_t size = 0;
    };
    std::array<Event, kMostEvents> events_{};
    std::size_t first_event_ = 0, event_count_ = 0;
};

}  // namespace zeroth::rtos
