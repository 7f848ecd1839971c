// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "libdomain/config/draft.hpp"
#include "libdomain/config/number.hpp"
#include "libdomain/config/utf8.hpp"

namespace zeroth::config {
namespace {

using Kind = Value::Kind;

bool is_single(const Value& value) {
    return value.kind == Kind::kString || value.kind == Kind::kNumber || value.kind == Kind::kBool;
}

void refuse_compound(const Value& value, std::string_view key, Report& report) {
    if (value.kind == Kind::kBroken) return;
    report.error(value.span,
                 fmt::format("`{}` is {} but should be a single value", key, describe(value.kind)));
}

/// "memory is in MiB: write 2048" for "2G".
std::string help_for_size(std::string_view text, std::string_view key) {
    const std::size_t digits = text.find_first_not_of("0123456789");
    if (digits == 0 || digits > 9 || digits == std::string_view::npos) return {};
    const auto count = parse_number(text.substr(0, digits), Base::kDecimal);
    const std::size_t letter = text.find_first_not_of(' ', digits);
    if (!count || letter == std::string_view::npos) return {};
    std::uint64_t mib = 0;
    switch (text[letter]) {
        case 'k':
        case 'K':
            mib = *count >> 10U;
            break;
        case 'm':
        case 'M':
            mib = *count;
            break;
        case 'g':
        case 'G':
            mib = *count << 10U;
            break;
        case 't':
        case 'T':
            mib = *count << 20U;
            break;
        default:
            return {};
    }
    return fmt::format("{} is in MiB: write {}", key, mib);
}

/// 0512 is 330, as it always was; few who write it know.
void warn_of_octal(const Value& value, std::uint64_t number, std::string_view key, Report& report) {
    const auto decimal = parse_number(value.text, Base::kDecimal);
    const std::size_t first = value.text.find_first_not_of(" \t+");
    if (!decimal || *decimal == number || value.text[first] != '0') return;
    report.warning(
        value.span,
        fmt::format("{}: a leading 0 makes `{}` octal: it is {}", key, shown(value.text), number),
        fmt::format("write {} or {}", *decimal, number));
}

}  // namespace

std::optional<std::string> read_text(const Value& value, std::string_view key, Report& report) {
    if (value.kind == Kind::kBool) {
        report.error(value.span, fmt::format("`{}` is a boolean but should be a string", key));
        return std::nullopt;
    }
    if (!is_single(value)) {
        refuse_compound(value, key, report);
        return std::nullopt;
    }
    if (const std::size_t at = find_invalid_utf8(value.text); at != std::string::npos) {
        report.error(value.part(at, at + 1), fmt::format("{}: this byte is not UTF-8", key),
                     "save the file as UTF-8");
        return std::nullopt;
    }
    return value.text;
}

std::optional<std::uint64_t> read_number(const Value& value, std::string_view key,
                                         const Bounds& bounds, Report& report) {
    if (!is_single(value) || value.kind == Kind::kBool) {
        if (value.kind == Kind::kBool) {
            report.error(value.span, fmt::format("`{}` is a boolean but should be a number", key));
        } else {
            refuse_compound(value, key, report);
        }
        return std::nullopt;
    }
    const auto number = parse_number(value.text);
    if (!number) {
        std::string help = number.error().help;
        if (help.empty() && bounds.unit == "MiB") help = help_for_size(value.text, key);
        report.error(value.span, fmt::format("{}: {}", key, number.error().message),
                     std::move(help));
        return std::nullopt;
    }
    warn_of_octal(value, *number, key, report);
    const std::string_view space = bounds.unit.empty() ? "" : " ";
    if (*number < bounds.least) {
        report.error(value.span, fmt::format("`{}` is {}: at least {}{}{}", key, *number,
                                             bounds.least, space, bounds.unit));
        return std::nullopt;
    }
    if (*number > bounds.most) {
        report.error(value.span, fmt::format("`{}` is {}: at most {}{}{}{}", key, *number,
                                             bounds.most, space, bounds.unit, bounds.reason));
        return std::nullopt;
    }
    return *number;
}

std::optional<bool> read_bool(const Value& value, std::string_view key, Report& report) {
    if (!is_single(value)) {
        refuse_compound(value, key, report);
        return std::nullopt;
    }
    const auto number = parse_number(value.text);
    if (number) return *number != 0;
    report.error(value.span, fmt::format("{}: {}", key, number.error().message),
                 "1 is yes, 0 is no");
    return std::nullopt;
}

std::vector<const Value*> read_list(const Value& value, std::string_view key, Report& report) {
    std::vector<const Value*> elements;
    if (value.kind == Kind::kList) {
        for (const Value& element : value.elements) {
            if (element.kind != Kind::kBroken) elements.push_back(&element);
        }
    } else if (value.kind == Kind::kTable) {
        elements.push_back(&value);
    } else if (is_single(value)) {
        report.warning(value.span, fmt::format("`{}` is a single value but should be a list", key),
                       fmt::format("it is taken for a list of one: {} = [...]", key));
        if (!value.text.empty()) elements.push_back(&value);
    }
    return elements;
}

}  // namespace zeroth::config
