// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

/// Texts of a few bytes, such as names of nodes, eight bytes at a time: every request compares and
/// hashes a dozen of them, and a call of the C library for each costs more than the work does.
namespace zeroth::xenstored {

static_assert(std::endian::native == std::endian::little);

/// The first eight bytes at most, the first of them lowest; zeroes for those that are not there.
inline std::uint64_t first_bytes(const char* text, std::size_t size) {
    std::uint64_t bytes = 0;
    if (size >= sizeof bytes) {
        std::memcpy(&bytes, text, sizeof bytes);
    } else if (size >= sizeof(std::uint32_t)) {
        std::uint32_t low = 0, high = 0;
        std::memcpy(&low, text, sizeof low);
        std::memcpy(&high, text + size - sizeof high, sizeof high);
        bytes = low | std::uint64_t{high} << (size - sizeof high) * 8;
    } else if (size != 0) {
        const auto byte = [&](std::size_t at) {
            return std::uint64_t{static_cast<unsigned char>(text[at])} << at * 8;
        };
        bytes = byte(0) | byte(size / 2) | byte(size - 1);
    }
    return bytes;
}

inline bool same_text(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    std::size_t at = 0;
    for (; at + 8 < a.size(); at += 8)
        if (first_bytes(a.data() + at, 8) != first_bytes(b.data() + at, 8)) return false;
    return first_bytes(a.data() + at, a.size() - at) == first_bytes(b.data() + at, b.size() - at);
}

inline std::size_t hash_of_text(std::string_view text) {
    constexpr std::uint64_t kOdd = 0x9E37'79B9'7F4A'7C15;
    std::uint64_t hash = text.size() * kOdd;
    const auto mix = [&hash](std::uint64_t bytes) {
        hash = (hash ^ bytes) * kOdd;
        hash ^= hash >> 32;
    };
    for (; text.size() > 8; text.remove_prefix(8)) mix(first_bytes(text.data(), 8));
    mix(first_bytes(text.data(), text.size()));
    // So that its top is of every byte as well.
    return static_cast<std::size_t>(hash * kOdd);
}

/// Of those eight bytes, the lowest that is this one; 8 if none is.
inline unsigned place_of(std::uint64_t bytes, std::uint8_t byte) {
    constexpr std::uint64_t kOnes = 0x0101'0101'0101'0101, kTops = kOnes << 7;
    const auto zero_where_equal = bytes ^ kOnes * byte;
    const auto found = (zero_where_equal - kOnes) & ~zero_where_equal & kTops;
    return static_cast<unsigned>(std::countr_zero(found)) / 8;
}

/// Where the byte is in the text, or its size.
inline std::size_t place_in(std::string_view text, char byte) {
    for (std::size_t at = 0; at < text.size(); at += 8) {
        const auto left = text.size() - at;
        const auto found =
            place_of(first_bytes(text.data() + at, left), static_cast<std::uint8_t>(byte));
        if (found < 8) return std::min(at + found, text.size());
    }
    return text.size();
}

/// For maps. It may throw, by its looks, so that they keep what it said of each key.
struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return hash_of_text(text); }
};
struct SameText {
    using is_transparent = void;
    bool operator()(std::string_view a, std::string_view b) const { return same_text(a, b); }
};

}  // namespace zeroth::xenstored
