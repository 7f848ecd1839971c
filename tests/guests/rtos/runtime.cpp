// SPDX-License-Identifier: Apache-2.0
#include <cstddef>

#include "tests/guests/rtos/panic.hpp"

// What compiler and library rely on. Byte by byte: with the MMU off nothing may be unaligned.
extern "C" {
void* memcpy(void* to, const void* from, std::size_t size) {
    auto* out = static_cast<unsigned char*>(to);
    const auto* in = static_cast<const unsigned char*>(from);
    for (std::size_t i = 0; i < size; ++i) out[i] = in[i];
    return to;
}
void* memmove(void* to, const void* from, std::size_t size) {
    auto* out = static_cast<unsigned char*>(to);
    const auto* in = static_cast<const unsigned char*>(from);
    if (out <= in) return memcpy(to, from, size);
    while (size-- > 0) out[size] = in[size];
    return to;
}
void* memset(void* to, int value, std::size_t size) {
    auto* out = static_cast<unsigned char*>(to);
    for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<unsigned char>(value);
    return to;
}
int memcmp(const void* left, const void* right, std::size_t size) {
    const auto* one = static_cast<const unsigned char*>(left);
    const auto* other = static_cast<const unsigned char*>(right);
    for (std::size_t i = 0; i < size; ++i)
        if (one[i] != other[i]) return one[i] < other[i] ? -1 : 1;
    return 0;
}
void* memchr(const void* in, int value, std::size_t size) {
    const auto* bytes = static_cast<const unsigned char*>(in);
    for (std::size_t i = 0; i < size; ++i)
        if (bytes[i] == static_cast<unsigned char>(value))
            return const_cast<unsigned char*>(bytes + i);
    return nullptr;
}
std::size_t strlen(const char* text) {
    std::size_t size = 0;
    while (text[size] != '\0') ++size;
    return size;
}
}

namespace std {
[[noreturn]] void __throw_out_of_range_fmt(const char*, ...) {
    zeroth::rtos::panic("a text is shorter than what is asked of it");
}
[[noreturn]] void __glibcxx_assert_fail(const char*, int, const char*, const char*) noexcept {
    zeroth::rtos::panic("an assertion of the C++ library failed");
}
}  // namespace std
