// SPDX-License-Identifier: Apache-2.0
#include "tests/guests/rtos/xen.hpp"

namespace zeroth::rtos::xen {
namespace {

constexpr std::uint32_t kMemoryOp = 12, kSchedOp = 29, kEventChannelOp = 32, kHvmOp = 34;
constexpr std::uint32_t kAddToPhysmap = 7, kSchedShutdown = 2, kAllocUnbound = 6, kSend = 4,
                        kUnmask = 9, kGetParam = 1;
constexpr std::uint32_t kPsciSystemOff = 0x84000008, kPsciSystemReset = 0x84000009;

struct alignas(kCacheLine) ParamArgument {
    std::uint16_t domain = kSelf;
    std::uint32_t index = 0;
    alignas(8) std::uint64_t value = 0;
};
struct alignas(kCacheLine) PhysmapArgument {
    std::uint16_t domain = kSelf, size = 0;
    std::uint32_t space = 0;
    alignas(8) std::uint64_t index = 0, frame = 0;
};
struct alignas(kCacheLine) UnboundArgument {
    std::uint16_t domain = kSelf, remote = 0;
    std::uint32_t port = 0;
};
struct alignas(kCacheLine) WordArgument {
    std::uint32_t word = 0;
};

/// Xen reads the argument, and may write it, through its own mapping.
template <class Argument>
std::intptr_t call(std::uint32_t number, std::uint32_t operation, Argument& argument) {
    clean(&argument, sizeof(argument));
    const auto result = cpu::hypercall(number, operation, address_of(&argument));
    clean(&argument, sizeof(argument));
    return result;
}

[[noreturn]] void stop() {
    while (true) cpu::wait_for_interrupt();
}

}  // namespace

std::uint64_t get_param(Param param) {
    ParamArgument argument;
    argument.index = static_cast<std::uint32_t>(param);
    return call(kHvmOp, kGetParam, argument) == 0 ? argument.value : 0;
}

bool is_page_to_come(Param param) { return get_param(param) == ~std::uint64_t{0}; }

std::intptr_t map_page(Space space, std::uint32_t index, std::uintptr_t address) {
    PhysmapArgument argument;
    argument.space = static_cast<std::uint32_t>(space);
    argument.index = index;
    argument.frame = address / kPageSize;
    return call(kMemoryOp, kAddToPhysmap, argument);
}

std::intptr_t alloc_unbound(std::uint16_t remote, Port& port) {
    UnboundArgument argument;
    argument.remote = remote;
    const auto result = call(kEventChannelOp, kAllocUnbound, argument);
    port = Port{argument.port};
    return result;
}

void unmask(Port port) {
    WordArgument argument{std::to_underlying(port)};
    call(kEventChannelOp, kUnmask, argument);
}

void notify(Port port) {
    WordArgument argument{std::to_underlying(port)};
    call(kEventChannelOp, kSend, argument);
}

void shut_down(Shutdown reason) {
    WordArgument argument{std::to_underlying(reason)};
    call(kSchedOp, kSchedShutdown, argument);
    stop();
}

void power_off() {
    cpu::psci(kPsciSystemOff);
    stop();
}

void reset() {
    cpu::psci(kPsciSystemReset);
    stop();
}

const char* error_name(std::intptr_t result) {
    switch (-result) {
        case 1:
            return "EPERM";
        case 3:
            return "ESRCH";
        case 12:
            return "ENOMEM";
        case 13:
            return "EACCES";
        case 22:
            return "EINVAL";
        case 28:
            return "ENOSPC";
        case 38:
            return "ENOSYS";
        default:
            return "an error";
    }
}

Ring ring_of(Param page, Param port) {
    return {static_cast<std::uintptr_t>(get_param(page) * kPageSize),
            Port{static_cast<std::uint32_t>(get_param(port))}};
}

}  // namespace zeroth::rtos::xen
