// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

// What only arm64's instructions can say. Included by cpu.hpp.
namespace zeroth::rtos::cpu {

constexpr const char* kName = "arm64";

inline void barrier() { asm volatile("dsb sy\n\tisb" ::: "memory"); }

/// Writes what others have of a cache line back to memory and drops it.
inline void clean_line(std::uintptr_t address) {
    asm volatile("dc civac, %0" ::"r"(address) : "memory");
}

// Plain loads and stores, so that the hypervisor can tell which register an emulated device means.
inline std::uint32_t read32(std::uintptr_t address) {
    std::uint32_t value = 0;
    asm volatile("ldr %w0, [%1]" : "=r"(value) : "r"(address) : "memory");
    return value;
}
inline void write32(std::uintptr_t address, std::uint32_t value) {
    asm volatile("str %w0, [%1]" ::"r"(value), "r"(address) : "memory");
}

inline void enable_interrupts() { asm volatile("msr daifclr, #2" ::: "memory"); }
inline void disable_interrupts() { asm volatile("msr daifset, #2" ::: "memory"); }
/// Comes back for an interrupt even where it is not taken.
inline void wait_for_interrupt() { asm volatile("dsb sy\n\twfi" ::: "memory"); }

inline std::uint32_t counter_frequency() {
    std::uint64_t value = 0;
    asm volatile("mrs %0, cntfrq_el0" : "=r"(value));
    return static_cast<std::uint32_t>(value);
}
inline std::uint64_t counter() {
    std::uint64_t value = 0;
    asm volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(value)::"memory");
    return value;
}
inline void set_timer(std::uint64_t when) {
    asm volatile("msr cntv_cval_el0, %0\n\tmsr cntv_ctl_el0, %1\n\tisb" ::"r"(when), "r"(1UL));
}

inline std::intptr_t hypercall(std::uint32_t number, std::uintptr_t first, std::uintptr_t second) {
    register std::uintptr_t x0 asm("x0") = first;
    register std::uintptr_t x1 asm("x1") = second;
    register std::uintptr_t x16 asm("x16") = number;
    asm volatile("hvc #0xea1" : "+r"(x0), "+r"(x1) : "r"(x16) : "memory");
    return static_cast<std::intptr_t>(x0);
}
inline void psci(std::uint32_t function) {
    register std::uintptr_t x0 asm("x0") = function;
    asm volatile("hvc #0" : "+r"(x0)::"x1", "x2", "x3", "memory");
}

// GICv3's interface to this CPU: ICC_SRE, ICC_PMR, ICC_IGRPEN1, ICC_IAR1, ICC_EOIR1.
inline void open_gic_v3() {
    asm volatile("msr s3_0_c12_c12_5, %0\n\tisb" ::"r"(7UL));
    asm volatile("msr s3_0_c4_c6_0, %0" ::"r"(0xFFUL));
    asm volatile("msr s3_0_c12_c12_7, %0\n\tisb" ::"r"(1UL));
}
inline std::uint32_t acknowledge_gic_v3() {
    std::uint64_t value = 0;
    asm volatile("mrs %0, s3_0_c12_c12_0\n\tdsb sy" : "=r"(value)::"memory");
    return static_cast<std::uint32_t>(value);
}
inline void end_gic_v3(std::uint32_t interrupt) {
    asm volatile("msr s3_0_c12_c12_1, %0\n\tisb" ::"r"(std::uint64_t{interrupt}) : "memory");
}

}  // namespace zeroth::rtos::cpu
