// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

// What only arm32's instructions can say. Included by cpu.hpp.
namespace zeroth::rtos::cpu {

constexpr const char* kName = "arm32";

inline void barrier() { asm volatile("dsb sy\n\tisb" ::: "memory"); }

/// Writes what others have of a cache line back to memory and drops it.
inline void clean_line(std::uintptr_t address) {
    asm volatile("mcr p15, 0, %0, c7, c14, 1" ::"r"(address) : "memory");
}

// Plain loads and stores, so that the hypervisor can tell which register an emulated device means.
inline std::uint32_t read32(std::uintptr_t address) {
    std::uint32_t value = 0;
    asm volatile("ldr %0, [%1]" : "=r"(value) : "r"(address) : "memory");
    return value;
}
inline void write32(std::uintptr_t address, std::uint32_t value) {
    asm volatile("str %0, [%1]" ::"r"(value), "r"(address) : "memory");
}

inline void enable_interrupts() { asm volatile("cpsie i" ::: "memory"); }
inline void disable_interrupts() { asm volatile("cpsid i" ::: "memory"); }
/// Comes back for an interrupt even where it is not taken.
inline void wait_for_interrupt() { asm volatile("dsb sy\n\twfi" ::: "memory"); }

inline std::uint32_t counter_frequency() {
    std::uint32_t value = 0;
    asm volatile("mrc p15, 0, %0, c14, c0, 0" : "=r"(value));
    return value;
}
inline std::uint64_t counter() {
    std::uint64_t value = 0;
    asm volatile("isb\n\tmrrc p15, 1, %Q0, %R0, c14" : "=r"(value)::"memory");
    return value;
}
inline void set_timer(std::uint64_t when) {
    asm volatile("mcrr p15, 3, %Q0, %R0, c14\n\tmcr p15, 0, %1, c14, c3, 1\n\tisb" ::"r"(when),
                 "r"(1U));
}

inline std::intptr_t hypercall(std::uint32_t number, std::uintptr_t first, std::uintptr_t second) {
    register std::uintptr_t r0 asm("r0") = first;
    register std::uintptr_t r1 asm("r1") = second;
    register std::uintptr_t r12 asm("r12") = number;
    asm volatile("hvc #0xea1" : "+r"(r0), "+r"(r1) : "r"(r12) : "memory");
    return static_cast<std::intptr_t>(r0);
}
inline void psci(std::uint32_t function) {
    register std::uintptr_t r0 asm("r0") = function;
    asm volatile("hvc #0" : "+r"(r0)::"r1", "r2", "r3", "memory");
}

// GICv3's interface to this CPU: ICC_SRE, ICC_PMR, ICC_IGRPEN1, ICC_IAR1, ICC_EOIR1.
inline void open_gic_v3() {
    asm volatile("mcr p15, 0, %0, c12, c12, 5\n\tisb" ::"r"(7U));
    asm volatile("mcr p15, 0, %0, c4, c6, 0" ::"r"(0xFFU));
    asm volatile("mcr p15, 0, %0, c12, c12, 7\n\tisb" ::"r"(1U));
}
inline std::uint32_t acknowledge_gic_v3() {
    std::uint32_t value = 0;
    asm volatile("mrc p15, 0, %0, c12, c12, 0\n\tdsb sy" : "=r"(value)::"memory");
    return value;
}
inline void end_gic_v3(std::uint32_t interrupt) {
    asm volatile("mcr p15, 0, %0, c12, c12, 1\n\tisb" ::"r"(interrupt) : "memory");
}

}  // namespace zeroth::rtos::cpu
