// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "libdomain/config/diagnostic.hpp"
#include "libdomain/config/domain_config.hpp"
#include "libdomain/config/report.hpp"
#include "libdomain/config/source_map.hpp"
#include "libdomain/config/value.hpp"

/// Entries of a list by themselves, as commands take them.
namespace zeroth::config {

template <class Device>
struct ParsedEntry {
    /// None when there was an error.
    std::optional<Device> device;
    std::vector<Diagnostic> diagnostics;
};

/// By `read`, which takes a Value and a Report.
template <class Device>
ParsedEntry<Device> parse_entry(const std::string& text, const auto& read) {
    const SourceMap map{text};
    Report report{map};
    Value value;
    value.kind = Value::Kind::kString;
    value.text = text;
    value.span = {0, text.size()};
    value.pieces = {{0, 0}};
    auto device = read(value, report);
    return {std::move(device), std::move(report).take()};
}

/// `text` is what stands in an entry's quotes, and what the diagnostics' places are in.
ParsedEntry<Vif> parse_vif(const std::string& text);
ParsedEntry<Disk> parse_disk(const std::string& text);

}  // namespace zeroth::config
