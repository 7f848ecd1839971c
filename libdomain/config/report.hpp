// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "libdomain/config/diagnostic.hpp"
#include "libdomain/config/source_map.hpp"

namespace zeroth::config {

/// How many diagnostics of one severity are kept; of the others only the number is told.
inline constexpr std::size_t kMaxDiagnostics = 20;

/// Collects what is noticed while a source is read.
class Report {
public:
    explicit Report(const SourceMap& map) : map_{map} {}

    void error(Span where, std::string message, std::string help = {}) {
        add(Severity::kError, where, std::move(message), std::move(help));
    }
    void warning(Span where, std::string message, std::string help = {}) {
        add(Severity::kWarning, where, std::move(message), std::move(help));
    }
    void note(Span where, std::string message, std::string help = {}) {
        add(Severity::kNote, where, std::move(message), std::move(help));
    }
    /// An error or warning of the whole config, such as a key that is missing.
    void error_at_large(std::string message, std::string help = {});
    void warning_at_large(std::string message, std::string help = {});

    std::size_t errors() const { return counts_[0]; }
    /// Whether one more of this severity would be kept.
    bool keeps(Severity severity) const {
        return counts_[static_cast<std::size_t>(severity)] < kMaxDiagnostics;
    }
    const SourceMap& map() const { return map_; }
    /// All, in source order; those without a place last.
    std::vector<Diagnostic> take() &&;

private:
    void add(Severity severity, Span where, std::string message, std::string help);
    void add_at_large(Severity severity, std::string message, std::string help);
    bool count(Severity severity);
    void keep(Diagnostic diagnostic);

    const SourceMap& map_;
    std::vector<Diagnostic> diagnostics_;
    std::array<std::size_t, 3> counts_{};
};

}  // namespace zeroth::config
