// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace zeroth::config {

/// Why a text is no whole number of 0 or more, and what to write where that can be guessed.
struct NumberFault {
    std::string message, help;
};

enum class Base { kAny, kDecimal, kHex };

/// A number in the reference's three bases (`0x` hexadecimal, a leading 0 octal, else decimal), or
/// in one base whatever it begins with (hexadecimal may have its 0x). Blanks around it and a plus
/// sign are allowed. Messages begin with the text: "`abc` is not a number".
std::expected<std::uint64_t, NumberFault> parse_number(std::string_view text,
                                                       Base base = Base::kAny);

}  // namespace zeroth::config
