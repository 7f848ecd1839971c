// SPDX-License-Identifier: Apache-2.0
#include "xl/memory_size.hpp"

#include <charconv>

namespace zeroth::xl {
namespace {

/// The unit's power of two, in KiB; -10 for bytes.
std::optional<int> shift_of(std::string_view unit) {
    if (unit.empty()) return 10;
    if (unit.size() > 1) return std::nullopt;
    switch (unit[0]) {
        case 'b':
        case 'B':
            return -10;
        case 'k':
        case 'K':
            return 0;
        case 'm':
        case 'M':
            return 10;
        case 'g':
        case 'G':
            return 20;
        case 't':
        case 'T':
            return 30;
        default:
            return std::nullopt;
    }
}

}  // namespace

std::optional<KiB> parse_memory_size(std::string_view text) {
    constexpr int kBits = 54;
    std::uint64_t count = 0;
    const auto* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, count);
    if (error != std::errc{} || rest == text.data()) return std::nullopt;
    const auto shift = shift_of({rest, end});
    if (!shift) return std::nullopt;
    if (*shift < 0) return KiB{count >> -*shift};
    if ((count >> (kBits - *shift)) != 0) return std::nullopt;
    return KiB{count << *shift};
}

}  // namespace zeroth::xl
