// SPDX-License-Identifier: Apache-2.0
#include "libdomain/config/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace zeroth::config {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::size_t kGlance = 60;

struct Lead {
    std::uint8_t mask, bits;
    std::size_t length;
    char32_t least;  // anything smaller is an overlong form
};
constexpr std::array kLeads{
    Lead{0x80, 0x00, 1, 0x00},
    Lead{0xE0, 0xC0, 2, 0x80},
    Lead{0xF0, 0xE0, 3, 0x800},
    Lead{0xF8, 0xF0, 4, 0x10000},
};

struct Range {
    char32_t first, last;
};
constexpr std::array kZeroWidth{Range{0x300, 0x36F}, Range{0x200B, 0x200F}, Range{0xFE00, 0xFE0F},
                                Range{0xFEFF, 0xFEFF}};
constexpr std::array kWide{Range{0x1100, 0x115F},  Range{0x2E80, 0xA4CF},   Range{0xAC00, 0xD7A3},
                           Range{0xF900, 0xFAFF},  Range{0xFE30, 0xFE6F},   Range{0xFF00, 0xFF60},
                           Range{0xFFE0, 0xFFE6},  Range{0x1F300, 0x1F64F}, Range{0x1F900, 0x1F9FF},
                           Range{0x20000, 0x3FFFD}};

bool within(const auto& ranges, char32_t rune) {
    return std::any_of(ranges.begin(), ranges.end(),
                       [rune](Range range) { return rune >= range.first && rune <= range.last; });
}

}  // namespace

Rune rune_at(std::string_view text, std::size_t at) {
    const auto first = static_cast<std::uint8_t>(text[at]);
    const Rune broken{first, 1, false};
    const auto lead = std::find_if(kLeads.begin(), kLeads.end(),
                                   [first](Lead l) { return (first & l.mask) == l.bits; });
    if (lead == kLeads.end() || text.size() - at < lead->length) return broken;
    char32_t value = first & static_cast<std::uint8_t>(~lead->mask);
    for (std::size_t i = 1; i < lead->length; ++i) {
        const auto byte = static_cast<std::uint8_t>(text[at + i]);
        if ((byte & 0xC0U) != 0x80U) return broken;
        value = value << 6U | (byte & 0x3FU);
    }
    const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
    if (value < lead->least || surrogate || value > 0x10FFFF) return broken;
    return {value, lead->length, true};
}

unsigned display_width(char32_t rune) {
    if (within(kZeroWidth, rune)) return 0;
    return within(kWide, rune) ? 2 : 1;
}

std::size_t find_invalid_utf8(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const Rune rune = rune_at(text, at);
        if (!rune.valid) return at;
        at += rune.length;
    }
    return std::string_view::npos;
}

std::string printable(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const Rune rune = rune_at(text, at);
        const bool control = rune.value < 0x20 || (rune.value >= 0x7F && rune.value < 0xA0);
        if (rune.valid && !control) {
            out += text.substr(at, rune.length);
        } else {
            out += kReplacement;
        }
        at += rune.length;
    }
    return out;
}

std::string shown(std::string_view text) {
    std::size_t at = 0;
    for (std::size_t count = 0; at < text.size() && count < kGlance; ++count)
        at += rune_at(text, at).length;
    return at < text.size() ? printable(text.substr(0, at)) + "..." : printable(text);
}

}  // namespace zeroth::config
