// SPDX-License-Identifier: Apache-2.0
#include "libdomain/config/parse.hpp"

#include <algorithm>

#include "libdomain/config/draft.hpp"
#include "libdomain/config/keys.hpp"
#include "libdomain/config/statements.hpp"

namespace zeroth::config {

Parsed parse(const Source& source, Form form) {
    const SourceMap map{std::string_view{source.text}.substr(0, kMaxSource)};
    Report report{map};
    const auto statements = read_statements(source, form, report);
    if (!statements) return {std::nullopt, std::move(report).take()};
    const auto& settings = *statements;
    Draft draft{settings, report};
    read_settings(draft);
    finish(draft);
    const bool failed = report.errors() != 0;
    std::vector<Diagnostic> diagnostics = std::move(report).take();
    if (failed) return {std::nullopt, std::move(diagnostics)};
    return {std::move(draft.config), std::move(diagnostics)};
}

Form form_of(std::string_view file_name) {
    return file_name.ends_with(".toml") ? Form::kToml : Form::kXl;
}

std::string append_overrides(std::string text, const std::vector<std::string>& words) {
    if (!words.empty() && !text.empty() && !text.ends_with('\n')) text += '\n';
    for (const std::string& word : words) {
        text += word;
        text += '\n';
    }
    return text;
}

Source append_overrides(Source source, const std::vector<std::string>& words) {
    if (words.empty()) return source;
    const auto newlines =
        static_cast<std::uint32_t>(std::count(source.text.begin(), source.text.end(), '\n'));
    const bool open_line = !source.text.empty() && !source.text.ends_with('\n');
    source.first_override = newlines + (open_line ? 2 : 1);
    source.text = append_overrides(std::move(source.text), words);
    return source;
}

}  // namespace zeroth::config
