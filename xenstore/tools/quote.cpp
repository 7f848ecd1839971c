// SPDX-License-Identifier: Apache-2.0
#include "xenstore/tools/quote.hpp"

#include <optional>

#include "core/append.hpp"

namespace zeroth::xs::tools {
namespace {

constexpr std::string_view kLetters = "tnr\\";
constexpr std::string_view kMeant = "\t\n\r\\";

bool is_printable(char c) { return c >= 0x20 && c < 0x7f; }

std::optional<unsigned> digit(char c, unsigned base) {
    unsigned value = base;
    if (c >= '0' && c <= '9') value = static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') value = static_cast<unsigned>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F') value = static_cast<unsigned>(c - 'A' + 10);
    return value < base ? std::optional{value} : std::nullopt;
}

/// Takes up to `most` digits off `text`; nullopt if it begins with none.
std::optional<char> take_number(std::string_view& text, unsigned base, std::size_t most) {
    unsigned value = 0;
    std::size_t count = 0;
    for (; count < most && count < text.size(); ++count) {
        const auto next = digit(text[count], base);
        if (!next) break;
        value = value * base + *next;
    }
    if (count == 0) return std::nullopt;
    text.remove_prefix(count);
    return static_cast<char>(value & 0xff);
}

/// What stands after a backslash.
char take_escape(std::string_view& text) {
    if (text.empty()) return '\0';
    if (const auto octal = take_number(text, 8, 3)) return *octal;
    const char letter = text.front();
    text.remove_prefix(1);
    if (letter == 'x') return take_number(text, 16, 2).value_or('x');
    const auto known = kLetters.find(letter);
    return known == std::string_view::npos ? letter : kMeant[known];
}

/// The length of the UTF-8 sequence that `text` begins with (RFC 3629); 0 if it is none.
std::size_t utf8_length(std::string_view text) {
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const std::size_t length = at(0) < 0x80 ? 1 : at(0) < 0xe0 ? 2 : at(0) < 0xf0 ? 3 : 4;
    if ((at(0) >= 0x80 && at(0) < 0xc2) || at(0) > 0xf4 || length > text.size()) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((at(i) & 0xc0) != 0x80) return 0;
    }
    const bool overlong = (at(0) == 0xe0 && at(1) < 0xa0) || (at(0) == 0xf0 && at(1) < 0x90);
    const bool outside = (at(0) == 0xed && at(1) > 0x9f) || (at(0) == 0xf4 && at(1) > 0x8f);
    return overlong || outside ? 0 : length;
}

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const auto length = utf8_length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

}  // namespace

std::string quote(std::string_view value) {
    std::string out;
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        if (const auto known = kMeant.find(c); known != std::string_view::npos) {
            out += '\\';
            out += kLetters[known];
        } else if (is_printable(c)) {
            out += c;
        } else if (byte < 8) {
            append(out, "\\{:03o}", byte);
        } else {
            append(out, "\\x{:02x}", byte);
        }
    }
    return out;
}

std::string unquote(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const char c = text.front();
        text.remove_prefix(1);
        out += c == '\\' ? take_escape(text) : c;
    }
    return out;
}

std::string json_string(std::string_view value) {
    const bool utf8 = is_utf8(value);
    std::string out = "\"";
    for (const char c : value) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (byte < 0x20 || byte == 0x7f || (byte > 0x7f && !utf8)) {
            append(out, "\\u{:04x}", byte);
        } else {
            out += c;
        }
    }
    return out + '"';
}

}  // namespace zeroth::xs::tools
