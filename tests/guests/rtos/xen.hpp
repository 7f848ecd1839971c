// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <utility>

#include "tests/guests/rtos/cpu.hpp"

// Hypercalls, as far as this guest makes any (Xen's public headers have the numbers and layouts).
namespace zeroth::rtos::xen {

constexpr std::uint16_t kSelf = 0x7FF0;

enum class Param : std::uint32_t {
    kStorePage = 1,
    kStorePort = 2,
    kConsolePage = 17,
    kConsolePort = 18
};
enum class Space : std::uint32_t { kSharedInfo = 0, kGrantTable = 1 };
enum class Shutdown : std::uint32_t { kPoweroff = 0, kReboot = 1, kCrash = 3 };
enum class Port : std::uint32_t {};

/// 0 where Xen gives none.
std::uint64_t get_param(Param param);
/// Xen made this guest without its tools, and they have not come to it yet.
bool is_page_to_come(Param param);
/// Puts a page of Xen's at an address of ours, in place of what is there. 0, or minus an errno.
std::intptr_t map_page(Space space, std::uint32_t index, std::uintptr_t address);
/// A port that a program of the other domain can bind to.
std::intptr_t alloc_unbound(std::uint16_t remote, Port& port);
void unmask(Port port);
void notify(Port port);
[[noreturn]] void shut_down(Shutdown reason);
[[noreturn]] void power_off();
[[noreturn]] void reset();
/// "EPERM" for -1, and so on.
const char* error_name(std::intptr_t result);

/// Where a ring's page and port are.
struct Ring {
    std::uintptr_t page = 0;
    Port port{};
};
Ring ring_of(Param page, Param port);

}  // namespace zeroth::rtos::xen
