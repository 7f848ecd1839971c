// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace zeroth::config {

/// One character of a text that should be UTF-8. A byte that is not part of a valid sequence stands
/// for itself: `valid` is false and `length` 1.
struct Rune {
    char32_t value = 0;
    std::size_t length = 1;
    bool valid = true;
};

/// The character that begins at byte `at`, which must lie within the text.
Rune rune_at(std::string_view text, std::size_t at);

/// Columns a character takes on a terminal: 0 for combining marks, 2 for wide ones, else 1.
unsigned display_width(char32_t rune);

/// Below a space in ASCII; char's sign differs between machines.
constexpr bool is_control(char c) { return static_cast<unsigned char>(c) < ' '; }

/// The offset of the first byte that is not UTF-8, or npos.
std::size_t find_invalid_utf8(std::string_view text);

/// Text that a stranger wrote, fit for a message: control characters and bytes that are not UTF-8
/// become U+FFFD, and what is longer than a glance ends in "...".
std::string shown(std::string_view text);
/// The same at full length.
std::string printable(std::string_view text);

}  // namespace zeroth::config
