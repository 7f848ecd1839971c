// SPDX-License-Identifier: Apache-2.0
#include "libdomain/config/number.hpp"

#include <fmt/format.h>

#include <charconv>

#include "libdomain/config/utf8.hpp"

namespace zeroth::config {
namespace {

constexpr std::string_view kBlanks = " \t\r\n\f\v";

std::string_view trim(std::string_view text) {
    const std::size_t first = text.find_first_not_of(kBlanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::unexpected<NumberFault> fault(std::string message, std::string help = {}) {
    return std::unexpected{NumberFault{std::move(message), std::move(help)}};
}

bool has_hex_prefix(std::string_view text) {
    return text.starts_with("0x") || text.starts_with("0X");
}

/// "128M" and the like: what the author meant is plain.
bool has_size_suffix(std::string_view text) {
    const std::size_t digits = text.find_first_not_of("0123456789");
    if (digits == 0 || digits == std::string_view::npos) return false;
    const std::string_view suffix = trim(text.substr(digits));
    return suffix.size() <= 3 && std::string_view{"kKmMgGtT"}.find(suffix[0]) != std::string::npos;
}

NumberFault explain(std::string_view text, std::string_view digits, int base) {
    if (has_size_suffix(text))
        return {fmt::format("`{}` is not a number: it has a suffix", shown(text)), {}};
    if (base == 8 && digits.find_first_not_of("0123456789") == std::string_view::npos) {
        return {fmt::format("`{}` is not a number: a leading 0 makes it octal", shown(text)),
                fmt::format("write {}", digits.substr(digits.find_first_not_of('0')))};
    }
    return {fmt::format("`{}` is not a number", shown(text)), {}};
}

}  // namespace

std::expected<std::uint64_t, NumberFault> parse_number(std::string_view given, Base base) {
    const std::string_view text = trim(given);
    if (text.empty()) return fault("a number is missing here");
    std::string_view digits = text;
    if (digits[0] == '+' || digits[0] == '-') digits.remove_prefix(1);
    int radix = base == Base::kHex ? 16 : 10;
    if (base != Base::kDecimal && has_hex_prefix(digits)) {
        radix = 16;
        digits.remove_prefix(2);
    } else if (base == Base::kAny && digits.size() > 1 && digits[0] == '0') {
        radix = 8;
    }
    std::uint64_t value = 0;
    const char* const end = digits.data() + digits.size();
    const auto [rest, code] = std::from_chars(digits.data(), end, value, radix);
    if (rest != end || digits.empty()) return std::unexpected{explain(text, digits, radix)};
    if (code == std::errc::result_out_of_range)
        return fault(fmt::format("{} is too large", shown(text)));
    if (code != std::errc{}) return std::unexpected{explain(text, digits, radix)};
    if (text[0] == '-' && value != 0) return fault(fmt::format("{} is negative", shown(text)));
    return value;
}

}  // namespace zeroth::config
