// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libdomain/config/domain_config.hpp"
#include "libdomain/config/report.hpp"
#include "libdomain/config/value.hpp"

namespace zeroth::config {

/// A config while its keys are read: what only makes sense together waits here for finish().
struct Draft {
    const std::vector<Setting>& settings;
    Report& report;
    DomainConfig config = {};
    std::optional<std::string> root = {}, extra = {}, cmdline = {};
    /// What `builder` and `type` said, in the words of `type`.
    std::optional<std::string> type = {}, builder = {};

    const Setting* find(std::string_view key) const {
        for (const Setting& setting : settings) {
            if (setting.key == key) return &setting;
        }
        return nullptr;
    }
};

/// What a number may be; `unit` completes "at most 128 ..." and `reason` says why no more.
struct Bounds {
    std::uint64_t least = 0, most = std::numeric_limits<std::uint32_t>::max();
    std::string_view unit = {}, reason = {};
};

// Each reads a value for `key`, or reports why it is none and returns nullopt (or an empty list).

/// A string, or a number as it is written.
std::optional<std::string> read_text(const Value& value, std::string_view key, Report& report);
/// A number, or a string that holds one.
std::optional<std::uint64_t> read_number(const Value& value, std::string_view key,
                                         const Bounds& bounds, Report& report);
/// Zero is no, any other number yes; TOML's booleans.
std::optional<bool> read_bool(const Value& value, std::string_view key, Report& report);
/// The elements of a list, without those that are broken. A single value is taken for a list of
/// one, with a warning.
std::vector<const Value*> read_list(const Value& value, std::string_view key, Report& report);

/// The draft's keys together: what is missing, what contradicts what (reference B.2).
void finish(Draft& draft);

}  // namespace zeroth::config
