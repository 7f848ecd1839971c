// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace zeroth::rtos {

/// A line of text being made; what does not fit is cut off.
class Line {
public:
    Line& operator<<(std::string_view text) {
        for (const char letter : text)
            if (size_ < text_.size()) text_[size_++] = letter;
        return *this;
    }
    Line& operator<<(std::uint32_t number) {
        std::array<char, 10> digits{};
        std::size_t first = digits.size();
        do {
            digits[--first] = static_cast<char>('0' + number % 10);
            number /= 10;
        } while (number != 0);
        return *this << std::string_view{digits.data() + first, digits.size() - first};
    }
    Line& hex(std::uint64_t number) {
        *this << "0x";
        int shift = 60;
        while (shift > 0 && number >> shift == 0) shift -= 4;
        for (; shift >= 0; shift -= 4) {
            const auto digit = static_cast<unsigned>(number >> shift) & 0xF;
            *this << std::string_view{&"0123456789abcdef"[digit], 1};
        }
        return *this;
    }
    std::string_view text() const { return {text_.data(), size_}; }

private:
    std::array<char, 512> text_{};
    std::size_t size_ = 0;
};

/// The first word, which is taken off `text` with the blanks around it.
inline std::string_view take_word(std::string_view& text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    std::size_t size = 0;
    while (size < text.size() && text[size] != ' ') ++size;
    const auto word = text.substr(0, size);
    text.remove_prefix(size);
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    return word;
}

/// A number in decimal, or in hex behind 0x.
inline std::optional<std::uint32_t> parse_number(std::string_view text) {
    std::uint32_t base = 10, number = 0;
    if (text.starts_with("0x")) {
        base = 16;
        text.remove_prefix(2);
    }
    if (text.empty() || text.size() > 9) return std::nullopt;
    for (const char letter : text) {
        std::uint32_t digit = base;
        if (letter >= '0' && letter <= '9') digit = static_cast<std::uint32_t>(letter - '0');
        if (letter >= 'a' && letter <= 'f') digit = static_cast<std::uint32_t>(letter - 'a') + 10;
        if (digit >= base) return std::nullopt;
        number = number * base + digit;
    }
    return number;
}

}  // namespace zeroth::rtos
