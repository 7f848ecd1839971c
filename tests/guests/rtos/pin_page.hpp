// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

/// The page that the guest shares with a program in dom0. One request at a time: dom0 writes
/// command, argument and, last, a request number of its own, and sends an event; the guest writes
/// its answer and, last, the same number as reply, and sends one back over the same channel.
namespace zeroth::rtos {

struct PinPage {
    std::uint32_t magic;
    std::uint32_t request, command, argument;
    std::uint32_t reply;
    std::int32_t error;  // 0, or minus an errno
    std::uint32_t pin;   // its state after the command
};

constexpr std::uint32_t kPinPageMagic = 0x4E49505A;  // "ZPIN"
enum class PinCommand : std::uint32_t { kRead = 1, kSet = 2 };

/// Under the guest's home in XenStore: the page's grant reference, and the port.
constexpr const char* kPinPageGrant = "data/pin-page/grant";
constexpr const char* kPinPagePort = "data/pin-page/port";

}  // namespace zeroth::rtos
