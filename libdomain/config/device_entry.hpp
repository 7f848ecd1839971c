// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libdomain/config/diagnostic.hpp"
#include "libdomain/config/domain_config.hpp"

/// Entries of `vif` and `disk` by themselves, as commands take them.
namespace zeroth::config {

template <class Device>
struct ParsedEntry {
    /// None when there was an error.
    std::optional<Device> device;
    std::vector<Diagnostic> diagnostics;
};

/// `text` is what stands in an entry's quotes, and what the diagnostics' places are in.
ParsedEntry<Vif> parse_vif(const std::string& text);
ParsedEntry<Disk> parse_disk(const std::string& text);

}  // namespace zeroth::config
