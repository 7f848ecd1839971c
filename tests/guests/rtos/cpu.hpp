// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

#ifdef __aarch64__
#include "tests/guests/rtos/cpu_arm64.hpp"
#else
#include "tests/guests/rtos/cpu_arm32.hpp"
#endif

// The MMU is off, so that what this guest reads and writes goes past the caches, while Xen and the
// other domains have the same memory in theirs. Whatever is shared is therefore cleaned out of the
// caches by address, before it is read and around each write.
namespace zeroth::rtos {

constexpr std::size_t kCacheLine = 64;
constexpr std::size_t kPageSize = 4096;

inline std::uintptr_t address_of(const volatile void* object) {
    return reinterpret_cast<std::uintptr_t>(object);
}

inline void clean(const volatile void* object, std::size_t size) {
    cpu::barrier();
    const auto end = address_of(object) + size;
    for (auto line = address_of(object) & ~(kCacheLine - 1); line < end; line += kCacheLine)
        cpu::clean_line(line);
    cpu::barrier();
}

/// A value in a page that others write too, though not this very value.
template <class T>
T read_shared(const volatile T& place) {
    clean(&place, sizeof(T));
    return place;
}

/// Somebody may fetch the line around a write, change its own part of it, and so bring back what
/// was there before. It is written until it is seen to have stayed.
template <class T>
void write_shared(volatile T& place, T value) {
    do {
        clean(&place, sizeof(T));
        place = value;
        clean(&place, sizeof(T));
    } while (place != value);
}

}  // namespace zeroth::rtos
