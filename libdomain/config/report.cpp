// SPDX-License-Identifier: Apache-2.0
#include "libdomain/config/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace zeroth::config {
namespace {

auto order_of(const Diagnostic& diagnostic) {
    const Location& where = diagnostic.where;
    return std::tuple{where.line == 0, where.line, where.column};
}

}  // namespace

bool Report::count(Severity severity) {
    return ++counts_[static_cast<std::size_t>(severity)] <= kMaxDiagnostics;
}

void Report::add(Severity severity, Span where, std::string message, std::string help) {
    if (!count(severity)) return;
    keep({severity, map_.locate(where), std::move(message), std::move(help)});
}

void Report::add_at_large(Severity severity, std::string message, std::string help) {
    if (!count(severity)) return;
    const Location nowhere{.line = 0, .column = 0, .length = 0};
    keep({severity, nowhere, std::move(message), std::move(help)});
}

/// In source order, and among those of one place in the order in which they came.
void Report::keep(Diagnostic diagnostic) {
    const auto after = std::upper_bound(
        diagnostics_.begin(), diagnostics_.end(), diagnostic,
        [](const Diagnostic& a, const Diagnostic& b) { return order_of(a) < order_of(b); });
    diagnostics_.insert(after, std::move(diagnostic));
}

void Report::error_at_large(std::string message, std::string help) {
    add_at_large(Severity::kError, std::move(message), std::move(help));
}

void Report::warning_at_large(std::string message, std::string help) {
    add_at_large(Severity::kWarning, std::move(message), std::move(help));
}

std::vector<Diagnostic> Report::take() && {
    constexpr std::array<const char*, 3> kPlural{"errors", "warnings", "notes"};
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        if (counts_[i] <= kMaxDiagnostics) continue;
        diagnostics_.push_back({Severity::kNote,
                                Location{.line = 0, .column = 0, .length = 0},
                                fmt::format("{} more {}", counts_[i] - kMaxDiagnostics, kPlural[i]),
                                {}});
    }
    return std::move(diagnostics_);
}

}  // namespace zeroth::config
