// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace zeroth::xs::tools {

enum class Mode { kRead, kWrite, kRm, kExists, kList, kLs, kChmod, kWatch, kControl };

/// What a command line asks for: `xenstore-read -p /a`, or `xenstore read -p /a`.
struct CommandLine {
    Mode mode = Mode::kRead;
    /// "xenstore-read", to begin what goes to stderr.
    std::string name;
    /// The letters given, 'j' for --json.
    std::string flags;
    /// Of -n; nullopt: no end.
    std::optional<std::uint64_t> count;
    /// Of -d.
    std::optional<std::uint32_t> depth;
    std::vector<std::string> words;

    bool has(char flag) const { return flags.find(flag) != std::string::npos; }
};

/// Nothing is to be done but this: help that was asked for, or what is wrong with the command line.
struct Ending {
    int status = 0;
    std::string out, err;
};

std::expected<CommandLine, Ending> parse_command_line(std::span<const char* const> argv);

}  // namespace zeroth::xs::tools
