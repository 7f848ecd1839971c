// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "libdomain/config/parse.hpp"
#include "xl/command.hpp"

namespace zeroth::xl {

/// What the user named, read: the file and the `key=value` words after it.
struct ConfigText {
    config::Source source;
    config::Form form = config::Form::kXl;
};

/// The words of a command line that takes a config: at most one file, any number of settings.
struct ConfigWords {
    std::string file;
    std::vector<std::string> settings;
};

/// Sorts them as the reference does: the first without `=` is the file. The Error is a word too
/// many.
Result<ConfigWords> sort_words(std::span<const std::string_view> words,
                               std::string_view default_file);

/// A file of at most 16 MiB, whole.
Result<std::string> read_file(const std::string& path);

Result<ConfigText> read_config(const ConfigWords& words);

/// The model, or nullopt after showing why not. Diagnostics go to stderr, in colour on a terminal.
std::optional<config::DomainConfig> parse_config(Context& context, const ConfigText& text);

/// Reads what the words name and parses it, telling all that the reference tells; on failure
/// `status` is what the command ends with.
std::optional<config::DomainConfig> load_config(Context& context, const ConfigWords& words,
                                                bool quiet, int& status);

/// From the folder that xl was started in.
std::string absolute_path(std::string path);

/// Files of the host that the config names by relative paths, made absolute: xld works elsewhere.
void make_paths_absolute(config::DomainConfig& config);

}  // namespace zeroth::xl
