// SPDX-License-Identifier: Apache-2.0
#include "daemon/settings/read.hpp"

#include <fmt/format.h>

#include "daemon/settings/table.hpp"
#include "libdomain/config/faults.hpp"
#include "libdomain/config/spelling.hpp"
#include "libdomain/config/toml_reader.hpp"
#include "libdomain/config/utf8.hpp"

namespace zeroth::daemon {
namespace {

using config::Report;
using config::Span;
using config::Value;

/// Beyond this a file is something else.
constexpr std::size_t kMaxSize = std::size_t{256} << 10U;

/// Whether some setting's name begins with `name.`
bool is_table(std::string_view name) {
    for (const SettingRow& row : setting_rows()) {
        if (row.name.size() > name.size() && row.name.starts_with(name) &&
            row.name[name.size()] == '.')
            return true;
    }
    return false;
}

void unknown(const std::string& name, Span where, Report& report) {
    std::vector<std::string_view> names;
    for (const SettingRow& row : setting_rows()) names.push_back(row.name);
    const std::string_view near = config::nearest(name, names);
    report.warning(
        where, fmt::format("unknown setting `{}`", config::shown(name)),
        near.empty() ? std::string{"it is ignored"} : fmt::format("did you mean `{}`?", near));
}

void take(const std::string& name, Span where, const Value& value, Settings& settings,
          Report& report) {
    if (value.kind == Value::Kind::kBroken) return;
    if (const SettingRow* const row = find_setting(name)) {
        row->take(settings, *row, Given{value, report, Given::By::kFile});
    } else if (!is_table(name)) {
        unknown(name, where, report);
    } else if (value.kind == Value::Kind::kTable) {
        for (const config::Field& field : value.fields)
            take(name + "." + field.key, field.key_span, field.value, settings, report);
    } else {
        report.error(value.span, fmt::format("`{}` is a table of settings", name),
                     fmt::format("write [{}] on a line of its own, and its settings below", name));
    }
}

}  // namespace

std::vector<config::Diagnostic> read_settings(const config::Source& file, Settings& settings) {
    const config::SourceMap map{std::string_view{file.text}.substr(0, kMaxSize)};
    Report report{map};
    if (file.text.size() > kMaxSize) {
        report.error_at_large(fmt::format("the file has {} bytes: settings have at most {}",
                                          file.text.size(), kMaxSize));
    } else if (config::is_text(file.text, report)) {
        for (const auto& setting : config::read_toml(file.text, {0, file.text.size()}, report))
            take(setting.key, setting.key_span, setting.value, settings, report);
    }
    return std::move(report).take();
}

config::Source source_of(const SettingWords& words) {
    config::Source source{.name = "command line", .text = {}, .first_override = 1};
    for (const auto& [name, value] : words) {
        const SettingRow* const row = find_setting(name);
        source.text += fmt::format("{}={}\n", row != nullptr ? option_of(*row) : name, value);
    }
    return source;
}

std::vector<config::Diagnostic> read_words(const SettingWords& words, const config::Source& source,
                                           Settings& settings) {
    const config::SourceMap map{source.text};
    Report report{map};
    std::size_t line = 0;
    for (const auto& [name, value] : words) {
        const SettingRow* const row = find_setting(name);
        const std::size_t option = row != nullptr ? option_of(*row).size() : name.size();
        const std::size_t begin = line + option + 1;
        line = begin + value.size() + 1;
        if (row == nullptr) {
            unknown(name, {begin - option - 1, begin - 1}, report);
            continue;
        }
        Value written;
        written.kind = Value::Kind::kString;
        written.text = value;
        written.span = {begin, begin + value.size()};
        row->take(settings, *row, Given{written, report, Given::By::kCommandLine});
    }
    return std::move(report).take();
}

}  // namespace zeroth::daemon
