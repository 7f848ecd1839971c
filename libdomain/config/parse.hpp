// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libdomain/config/diagnostic.hpp"
#include "libdomain/config/domain_config.hpp"

namespace zeroth::config {

enum class Form { kXl, kToml };

/// The outcome of reading a config: its model unless there are errors, and all that was noticed.
struct Parsed {
    std::optional<DomainConfig> config;
    std::vector<Diagnostic> diagnostics;
};

/// Reads one xl.cfg or TOML text. The command line's `key=value` words are part of the source (see
/// append_overrides), so that they win and are diagnosed like the rest; they are xl.cfg's in both
/// forms.
Parsed parse(const Source& source, Form form);

/// TOML for names that end in `.toml`.
Form form_of(std::string_view file_name);

/// The source with the command line's words after it, a line each. It notes where they begin, so
/// that messages name the command line and a list that the file left open does not swallow them.
Source append_overrides(Source source, const std::vector<std::string>& words);
/// Only the text of that: what the reference keeps as a domain's config.
std::string append_overrides(std::string text, const std::vector<std::string>& words);

/// The same config written in either form, defaults left out. Reading it again gives an equal
/// config (sizes of memory are written in whole MiB, as both forms have them).
std::string to_xl(const DomainConfig& config);
std::string to_toml(const DomainConfig& config);

}  // namespace zeroth::config
