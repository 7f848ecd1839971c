// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Errors, warnings and notes about a config's text, as the best compilers give them.
namespace zeroth::config {

enum class Severity { kError, kWarning, kNote };

/// Where in a source: 1-based line and column (in characters, not bytes), and how many to
/// underline.
struct Location {
    std::uint32_t line = 0, column = 0, length = 1;
};

struct Diagnostic {
    Severity severity = Severity::kError;
    Location where;
    std::string message;
    /// What to write instead; empty where nothing is known.
    std::string help;
};

/// What was read: the file's name as the user gave it, and its text (kept for printing carets).
struct Source {
    std::string name;
    std::string text;
    /// The line from which on the text is the command line's words, one a line; 0 where there are
    /// none. They are printed as `<command line>:1` and so on. See append_overrides.
    std::uint32_t first_override = 0;
};

enum class Colour { kNo, kYes };

/// The diagnostics in the order given (parse() gives source order): `file:line:column: error:
/// message`, the line, a caret, help. Those of no line are `file: error: message`.
std::string render(const Source& source, const std::vector<Diagnostic>& diagnostics, Colour colour);

bool has_errors(const std::vector<Diagnostic>& diagnostics);

}  // namespace zeroth::config
