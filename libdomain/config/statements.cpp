// SPDX-License-Identifier: Apache-2.0
#include "libdomain/config/statements.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "libdomain/config/faults.hpp"
#include "libdomain/config/settings.hpp"
#include "libdomain/config/toml_reader.hpp"
#include "libdomain/config/xl_parser.hpp"

namespace zeroth::config {
namespace {

/// The file's settings, then the command line's.
std::vector<Setting> read_source(const Source& source, Form form, Report& report) {
    const std::string_view text = source.text;
    const std::size_t file_end =
        source.first_override == 0 ? text.size() : report.map().offset(source.first_override, 1);
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

std::optional<std::vector<Setting>> read_statements(const Source& source, Form form,
                                                    Report& report) {
    if (source.text.size() > kMaxSource) {
        report.error_at_large(fmt::format("the file has {} bytes: a config has at most {}",
                                          source.text.size(), kMaxSource));
        return std::nullopt;
    }
    if (!is_text(source.text, report)) return std::nullopt;
    auto settings = settle(read_source(source, form, report), report);
    const bool readable = std::any_of(settings.begin(), settings.end(), [](const Setting& setting) {
        return setting.value.kind != Value::Kind::kBroken;
    });
    if (!readable && report.errors() != 0) return std::nullopt;
    return settings;
}

}  // namespace zeroth::config
