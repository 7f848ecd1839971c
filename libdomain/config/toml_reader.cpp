// SPDX-License-Identifier: Apache-2.0
#include "libdomain/config/toml_reader.hpp"

#include <fmt/format.h>
// toml++ 3.3 asserts that no table header begins as in "[.", but diagnoses it well where assertions
// are off: a user's text must never meet them.
#define TOML_ASSERT(expression) static_cast<void>(0)
#include <toml++/toml.h>

#include <algorithm>
#include <optional>

namespace zeroth::config {
namespace {

/// toml++ bounds the nesting of values, but not of `a.b.c`, and it destroys its tree recursively.
constexpr unsigned kMaxDots = 16;

/// Skips a string or comment that begins at `at`; a byte of anything else.
std::size_t skip_opaque(std::string_view text, std::size_t at) {
    const char c = text[at];
    if (c == '#') return std::min(text.find('\n', at), text.size());
    if (c != '"' && c != '\'') return at + 1;
    const bool multiline = text.substr(at).starts_with(std::string(3, c));
    const std::string close(multiline ? 3 : 1, c);
    for (at += close.size(); at < text.size(); ++at) {
        if (text.substr(at).starts_with(close)) return at + close.size();
        if (!multiline && text[at] == '\n') return at;
        if (c == '"' && text[at] == '\\') ++at;
    }
    return text.size();
}

/// The offset of the first dotted key with too many parts, if there is one.
std::optional<std::size_t> find_long_key(std::string_view text) {
    unsigned dots = 0;
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        const bool key_like = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                              (c >= '0' && c <= '9') || c == '_' || c == '-' || c == ' ' ||
                              c == '\t' || c == '"' || c == '\'';
        if (c == '.') {
            if (++dots > kMaxDots) return at;
        } else if (!key_like) {
            dots = 0;
        }
        at = skip_opaque(text, at);
    }
    return std::nullopt;
}

class Reader {
public:
    Reader(std::string_view text, Report& report) : text_{text}, report_{report} {}

    std::vector<Field> fields(const toml::table& table) {
        std::vector<Field> out;
        for (const auto& [key, node] : table) {
            Field field{.key = std::string{key.str()}, .key_span = span(key.source()), .value = {}};
            field.value = value(node);
            out.push_back(std::move(field));
        }
        // toml++ sorts by name; messages read better in the order of the text.
        std::sort(out.begin(), out.end(), [](const Field& a, const Field& b) {
            return a.key_span.begin < b.key_span.begin;
        });
        return out;
    }

    Span span(const toml::source_region& region) const {
        return {offset(region.begin), std::max(offset(region.begin), offset(region.end))};
    }

private:
    std::size_t offset(const toml::source_position& at) const {
        return report_.map().offset(static_cast<std::uint32_t>(at.line),
                                    static_cast<std::uint32_t>(at.column));
    }

    Value value(const toml::node& node) {
        Value out;
        out.span = span(node.source());
        if (const auto* array = node.as_array()) {
            out.kind = Value::Kind::kList;
            for (const toml::node& element : *array) out.elements.push_back(value(element));
        } else if (const auto* table = node.as_table()) {
            out.kind = Value::Kind::kTable;
            out.fields = fields(*table);
        } else if (const auto* text = node.as_string()) {
            out.kind = Value::Kind::kString;
            out.text = text->get();
            place_text(out);
        } else if (const auto* number = node.as_integer()) {
            out.kind = Value::Kind::kNumber;
            out.text = fmt::format("{}", number->get());
        } else if (const auto* boolean = node.as_boolean()) {
            out.kind = Value::Kind::kBool;
            out.text = boolean->get() ? "1" : "0";
        } else {
            report_.error(out.span, node.is_floating_point()
                                        ? "no key takes a number with a fraction"
                                        : "no key takes a date or a time");
        }
        return out;
    }

    /// Finds where a string's content stands, if it stands there as it is, without escapes.
    void place_text(Value& value) const {
        const std::string_view written =
            text_.substr(value.span.begin, value.span.end - value.span.begin);
        if (written.size() == value.text.size() + 2 && written.substr(1).starts_with(value.text))
            value.pieces = {{0, value.span.begin + 1}};
    }

    std::string_view text_;
    Report& report_;
};

}  // namespace

std::vector<Setting> read_toml(std::string_view text, Span part, Report& report) {
    const std::string_view document = text.substr(0, part.end);
    if (const auto at = find_long_key(document)) {
        report.error({*at, *at + 1}, fmt::format("a dotted key has at most {} parts", kMaxDots));
        return {};
    }
    const toml::parse_result result = toml::parse(document);
    Reader reader{document, report};
    if (!result) {
        report.error(reader.span(result.error().source()),
                     std::string{result.error().description()});
        return {};
    }
    std::vector<Setting> settings;
    for (Field& field : reader.fields(result.table())) {
        settings.push_back({.key = std::move(field.key),
                            .key_span = field.key_span,
                            .value = std::move(field.value)});
    }
    return settings;
}

}  // namespace zeroth::config
