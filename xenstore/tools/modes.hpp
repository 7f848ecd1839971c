// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <optional>
#include <string>

#include "core/result.hpp"
#include "xenstore/client/client.hpp"
#include "xenstore/tools/command_line.hpp"

namespace zeroth::xs::tools {

/// Where a tool prints: to `out` once all is well, or piece by piece where there is much.
struct Terminal {
    std::FILE* out = stdout;
    std::FILE* err = stderr;
    /// Of the terminal that `out` is, if it is one.
    std::optional<int> columns;

    void print(const std::string& text) const { std::fwrite(text.data(), 1, text.size(), out); }
};

/// Carries the command line out; the exit status. What went wrong is the Error's to say.
Result<int> run(const CommandLine& line, Client& client, const Terminal& terminal);

// One mode each.
Result<int> read(const CommandLine& line, Client& client, const Terminal& terminal);
Result<int> write(const CommandLine& line, Client& client);
Result<int> rm(const CommandLine& line, Client& client);
Result<int> exists(const CommandLine& line, Client& client);
Result<int> list(const CommandLine& line, Client& client, const Terminal& terminal);
Result<int> ls(const CommandLine& line, Client& client, const Terminal& terminal);
Result<int> chmod(const CommandLine& line, Client& client);
Result<int> watch(const CommandLine& line, Client& client, const Terminal& terminal);
Result<int> control(const CommandLine& line, Client& client, const Terminal& terminal);

}  // namespace zeroth::xs::tools
