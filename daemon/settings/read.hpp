// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "daemon/settings/settings.hpp"
#include "libdomain/config/diagnostic.hpp"

namespace zeroth::daemon {

/// Reads the text of an xld.toml onto `settings`; what is wrong with it, in the order of the text.
std::vector<config::Diagnostic> read_settings(const config::Source& file, Settings& settings);

/// Settings of the command line: name and value, as text.
using SettingWords = std::vector<std::pair<std::string, std::string>>;

/// The words as a source, for messages: `--name=value`, a line each.
config::Source source_of(const SettingWords& words);
/// The same for the words; `source` is theirs.
std::vector<config::Diagnostic> read_words(const SettingWords& words, const config::Source& source,
                                           Settings& settings);

}  // namespace zeroth::daemon
