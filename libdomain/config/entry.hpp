// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libdomain/config/draft.hpp"

/// Device entries: "mac=...,bridge=br0" in a string, or the members of a TOML table.
namespace zeroth::config {

/// One part of an entry. `has_value` is false for flags and positional parts, whose text is `key`.
struct EntryPart {
    std::string key, value;
    bool has_value = false;
    Span span, key_span, value_span;
};

/// A field of a device that is to be written out. In xl.cfg a flag is one word ("untrusted"); in
/// TOML it is a boolean.
struct EntryField {
    enum class Kind { kText, kNumber, kFlag };
    std::string name, value;
    Kind kind = Kind::kText;
    std::string flag = {};
};

/// One device entry being read.
struct Entry {
    /// The list it belongs to ("vif").
    std::string_view list;
    Span span;
    std::vector<EntryPart> parts;
    Report& report;
    /// Whether anything of it was refused already.
    bool broken = false;

    void error(Span where, std::string message, std::string help = {}) {
        broken = true;
        report.error(where, fmt::format("{}: {}", list, message), std::move(help));
    }
};

/// Splits at commas, with blanks around parts dropped. The part `rest_key=` takes all that follows.
/// nullopt, reported, for what is neither a string nor a table.
std::optional<Entry> split_entry(const Value& value, std::string_view list,
                                 std::string_view rest_key, Report& report);

/// The entry as one string, whatever form it was written in.
std::string entry_text(const Entry& entry);

/// Finds a name in a list, taking `-` and `_` for the same.
bool same_name(std::string_view a, std::string_view b);

std::optional<std::uint32_t> part_number(Entry& entry, const EntryPart& part, const Bounds& bounds);
/// A flag alone is yes; with a value it is that number or boolean.
std::optional<bool> part_flag(Entry& entry, const EntryPart& part);
/// Reports a name that no field has.
void unknown_part(Entry& entry, const EntryPart& part, std::span<const std::string_view> names);

}  // namespace zeroth::config
