// SPDX-License-Identifier: Apache-2.0
#include "libdomain/config/pool_config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "libdomain/config/draft.hpp"
#include "libdomain/config/spelling.hpp"
#include "libdomain/config/statements.hpp"
#include "libdomain/config/utf8.hpp"

namespace zeroth::config {
namespace {

constexpr std::array<std::string_view, 4> kKeys{"name", "sched", "cpus", "nodes"};
constexpr std::array<std::string_view, 5> kSchedulers{"credit", "credit2", "rtds", "arinc653",
                                                      "null"};

void read_scheduler(const Setting& setting, Report& report, PoolConfig& pool) {
    auto text = read_text(setting.value, "sched", report);
    if (!text) return;
    if (std::ranges::find(kSchedulers, *text) == kSchedulers.end()) {
        report.error(setting.value.span, fmt::format("Unknown scheduler \"{}\"", shown(*text)),
                     "one of credit, credit2, rtds, arinc653, null");
        return;
    }
    pool.scheduler = *std::move(text);
}

/// A list of lists, or one: all of them together. `prefix` makes nodes of numbers.
void read_cpus(const Setting& setting, std::string_view prefix, Report& report, PoolConfig& pool) {
    std::vector<const Value*> values{&setting.value};
    if (setting.value.kind == Value::Kind::kList)
        values = read_list(setting.value, setting.key, report);
    for (const Value* value : values) {
        const auto text = read_text(*value, setting.key, report);
        if (!text) continue;
        const auto selection = CpuSelection::scan(fmt::format("{}{}", prefix, *text));
        if (!selection) {
            report.error(value->span, selection.error().message, selection.error().help);
            continue;
        }
        if (!pool.cpus) pool.cpus.emplace();
        pool.cpus->parts.insert(pool.cpus->parts.end(), selection->parts.begin(),
                                selection->parts.end());
    }
}

void read_setting(const Setting& setting, Report& report, PoolConfig& pool) {
    if (setting.key == "name") {
        if (auto text = read_text(setting.value, "name", report)) pool.name = *std::move(text);
    } else if (setting.key == "sched") {
        read_scheduler(setting, report, pool);
    } else if (setting.key == "cpus") {
        read_cpus(setting, "", report, pool);
    } else if (setting.key == "nodes") {
        read_cpus(setting, "nodes:", report, pool);
    } else {
        const auto close = nearest(setting.key, kKeys);
        report.warning(setting.key_span,
                       fmt::format("unknown key `{}` of a CPU pool", shown(setting.key)),
                       close.empty() ? "a pool has name, sched, cpus and nodes"
                                     : fmt::format("did you mean `{}`?", close));
    }
}

}  // namespace

ParsedPool parse_pool(const Source& source, Form form) {
    const SourceMap map{std::string_view{source.text}.substr(0, kMaxSource)};
    Report report{map};
    const auto settings = read_statements(source, form, report);
    if (!settings) return {std::nullopt, std::move(report).take()};
    PoolConfig pool;
    for (const auto& setting : *settings) read_setting(setting, report, pool);
    const bool named = std::ranges::find(*settings, "name", &Setting::key) != settings->end();
    if (!named || (pool.name.empty() && report.errors() == 0))
        report.error_at_large("Missing cpupool name!", "name = \"pool1\"");
    const bool failed = report.errors() != 0;
    auto diagnostics = std::move(report).take();
    if (failed) return {std::nullopt, std::move(diagnostics)};
    return {std::move(pool), std::move(diagnostics)};
}

}  // namespace zeroth::config
