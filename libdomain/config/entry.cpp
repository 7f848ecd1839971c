// SPDX-License-Identifier: Apache-2.0
#include "libdomain/config/entry.hpp"

#include <algorithm>

#include "libdomain/config/number.hpp"
#include "libdomain/config/spelling.hpp"
#include "libdomain/config/utf8.hpp"

namespace zeroth::config {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

struct Bite {
    std::size_t begin = 0, end = 0;
};

Bite trim(std::string_view text, Bite bite) {
    while (bite.begin < bite.end && kBlanks.find(text[bite.begin]) != std::string_view::npos)
        ++bite.begin;
    while (bite.end > bite.begin && kBlanks.find(text[bite.end - 1]) != std::string_view::npos)
        --bite.end;
    return bite;
}

EntryPart part_of(const Value& value, Bite bite) {
    const std::string_view text = value.text;
    const std::size_t equals = text.substr(0, bite.end).find('=', bite.begin);
    const bool has_value = equals != std::string_view::npos;
    const Bite key = trim(text, {bite.begin, has_value ? equals : bite.end});
    const Bite rest = has_value ? trim(text, {equals + 1, bite.end}) : Bite{bite.end, bite.end};
    return {.key = std::string{text.substr(key.begin, key.end - key.begin)},
            .value = std::string{text.substr(rest.begin, rest.end - rest.begin)},
            .has_value = has_value,
            .span = value.part(bite.begin, bite.end),
            .key_span = value.part(key.begin, key.end),
            .value_span = value.part(rest.begin, rest.end)};
}

void split_text(const Value& value, std::string_view rest_key, Entry& entry) {
    const std::string_view text = value.text;
    for (std::size_t begin = 0; begin < text.size();) {
        std::size_t end = std::min(text.find(',', begin), text.size());
        const Bite start = trim(text, {begin, end});
        const std::string_view written = text.substr(start.begin, start.end - start.begin);
        const bool takes_rest = !rest_key.empty() && written.starts_with(rest_key) &&
                                written.substr(rest_key.size()).starts_with('=');
        if (takes_rest) end = text.size();
        entry.parts.push_back(part_of(value, trim(text, {begin, end})));
        begin = end + 1;
    }
}

void split_table(const Value& value, std::string_view rest_key, Entry& entry) {
    for (const Field& field : value.fields) {
        EntryPart part{.key = field.key,
                       .value = {},
                       .has_value = true,
                       .span = field.key_span,
                       .key_span = field.key_span,
                       .value_span = field.value.span};
        if (field.value.kind == Value::Kind::kBool) {
            part.value = field.value.text;
        } else if (const auto text = read_text(field.value, field.key, entry.report)) {
            const Bite bite = trim(*text, {0, text->size()});
            part.value = text->substr(bite.begin, bite.end - bite.begin);
        } else {
            entry.broken = true;
            continue;
        }
        // xl.cfg's own form of the entry has no way to say this.
        if (field.key != rest_key && part.value.find(',') != std::string::npos) {
            entry.error(field.value.span, fmt::format("`{}` cannot have a comma", part.key));
            continue;
        }
        entry.parts.push_back(std::move(part));
    }
}

}  // namespace

std::optional<Entry> split_entry(const Value& value, std::string_view list,
                                 std::string_view rest_key, Report& report) {
    Entry entry{.list = list, .span = value.span, .parts = {}, .report = report};
    if (value.kind == Value::Kind::kTable) {
        split_table(value, rest_key, entry);
        return entry;
    }
    if (!read_text(value, list, report)) return std::nullopt;
    split_text(value, rest_key, entry);
    return entry;
}

std::string entry_text(const Entry& entry) {
    std::string out;
    for (const EntryPart& part : entry.parts) {
        if (&part != &entry.parts.front()) out += ',';
        out += part.key;
        if (part.has_value) out += '=' + part.value;
    }
    return out;
}

bool same_name(std::string_view a, std::string_view b) {
    const auto plain = [](char c) { return c == '_' ? '-' : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [plain](char x, char y) { return plain(x) == plain(y); });
}

std::optional<std::uint32_t> part_number(Entry& entry, const EntryPart& part,
                                         const Bounds& bounds) {
    const auto number = parse_number(part.value);
    if (number && *number >= bounds.least && *number <= bounds.most)
        return static_cast<std::uint32_t>(*number);
    entry.error(part.value_span,
                number ? fmt::format("{} must be {} to {}", part.key, bounds.least, bounds.most)
                       : fmt::format("{}: {}", part.key, number.error().message));
    return std::nullopt;
}

std::optional<bool> part_flag(Entry& entry, const EntryPart& part) {
    if (!part.has_value) return true;
    const auto number = parse_number(part.value);
    if (number) return *number != 0;
    entry.error(part.value_span, fmt::format("{}: {}", part.key, number.error().message),
                "1 is yes, 0 is no");
    return std::nullopt;
}

void unknown_part(Entry& entry, const EntryPart& part, std::span<const std::string_view> names) {
    std::string written = part.has_value ? fmt::format("{}={}", part.key, part.value) : part.key;
    const std::string_view near = nearest(part.key, names);
    std::string help;
    if (near.empty()) {
        for (const std::string_view name : names) {
            help += help.empty() ? "known are " : ", ";
            help += name;
        }
    } else {
        help = fmt::format("did you mean `{}`?", near);
    }
    entry.error(part.span, fmt::format("unrecognized argument `{}`", shown(written)),
                std::move(help));
}

}  // namespace zeroth::config
