// SPDX-License-Identifier: Apache-2.0
#include "libdomain/config/parse.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "libdomain/config/draft.hpp"
#include "libdomain/config/faults.hpp"
#include "libdomain/config/keys.hpp"
#include "libdomain/config/settings.hpp"
#include "libdomain/config/toml_reader.hpp"
#include "libdomain/config/xl_parser.hpp"

namespace zeroth::config {
namespace {

/// Beyond this a file is no config; the longest sensible ones have a few KiB.
constexpr std::size_t kMaxSize = std::size_t{1} << 20U;

/// The file's settings, then the command line's.
std::vector<Setting> read_source(const Source& source, const SourceMap& map, Form form,
                                 Report& report) {
    const std::string_view text = source.text;
    const std::size_t file_end =
        source.first_override == 0 ? text.size() : map.offset(source.first_override, 1);
    const Span file{0, file_end};
    std::vector<Setting> settings =
        form == Form::kToml ? read_toml(text, file, report) : parse_xl(text, file, report);
    if (file_end == text.size()) return settings;
    // The command line speaks xl.cfg whatever the file is written in.
    std::vector<Setting> overriding = parse_xl(text, {file_end, text.size()}, report);
    for (Setting& setting : overriding) {
        setting.overriding = true;
        settings.push_back(std::move(setting));
    }
    return settings;
}

}  // namespace

Parsed parse(const Source& source, Form form) {
    const SourceMap map{std::string_view{source.text}.substr(0, kMaxSize)};
    Report report{map};
    if (source.text.size() > kMaxSize) {
        report.error_at_large(fmt::format("the file has {} bytes: a config has at most {}",
                                          source.text.size(), kMaxSize));
        return {std::nullopt, std::move(report).take()};
    }
    if (!is_text(source.text, report)) return {std::nullopt, std::move(report).take()};
    const std::vector<Setting> settings = settle(read_source(source, map, form, report), report);
    // A text that could not be read at all says nothing about what it lacks.
    const bool readable = std::any_of(settings.begin(), settings.end(), [](const Setting& setting) {
        return setting.value.kind != Value::Kind::kBroken;
    });
    if (!readable && report.errors() != 0) return {std::nullopt, std::move(report).take()};
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
