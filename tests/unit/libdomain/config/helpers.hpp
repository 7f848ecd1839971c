// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "libdomain/config/parse.hpp"

namespace zeroth::config {

/// What every config needs, for tests of anything else: three lines, so that a test's own is the
/// fourth.
inline constexpr std::string_view kNeeded = "name = \"g\"\nkernel = \"/k\"\nmemory = 64\n";

inline Parsed parse_xl(std::string_view text) {
    return parse({.name = "t.cfg", .text = std::string{text}}, Form::kXl);
}

inline Parsed parse_with(std::string_view lines) {
    return parse_xl(std::string{kNeeded} + std::string{lines});
}

/// The config of what is needed and these lines, which must be accepted.
inline DomainConfig accepted(std::string_view lines) {
    Parsed parsed = parse_with(lines);
    const Source source{.name = "t.cfg", .text = std::string{kNeeded} + std::string{lines}};
    EXPECT_TRUE(parsed.config) << render(source, parsed.diagnostics, Colour::kNo);
    return parsed.config ? *std::move(parsed.config) : DomainConfig{};
}

/// "error 4:8 message" for each diagnostic, a line each.
inline std::string summary(const Parsed& parsed) {
    std::string out;
    for (const Diagnostic& d : parsed.diagnostics) {
        const char* const severity = d.severity == Severity::kError     ? "error"
                                     : d.severity == Severity::kWarning ? "warning"
                                                                        : "note";
        out += severity;
        out += " " + std::to_string(d.where.line) + ":" + std::to_string(d.where.column) + "+" +
               std::to_string(d.where.length) + " " + d.message + "\n";
    }
    return out;
}

}  // namespace zeroth::config
