// SPDX-License-Identifier: Apache-2.0
#include "daemon/settings/table.hpp"

#include <algorithm>
#include <array>
#include <concepts>

#include "daemon/settings/kinds.hpp"

namespace zeroth::daemon {
namespace {

using enum SettingRow::When;
using S = Settings;
using C = ConsoleSettings;

constexpr Words<log::Level, 4> kLevels{{{"error", log::Level::kError},
                                        {"warning", log::Level::kWarning},
                                        {"info", log::Level::kInfo},
                                        {"debug", log::Level::kDebug}}};

constexpr std::array kRows{
    path<&S::socket>("socket", kAtStart, "the Unix socket to listen on"),
    text<&S::group>("group", "GROUP", kAtStart,
                    "members of this group may read; root alone changes"),
    text<&S::metrics_listen>("metrics_listen", "ADDRESS", kAtStart,
                             "serve /metrics at this loopback address as well: 127.0.0.1:9101"),
    text<&S::hypervisor>(
        "hypervisor", "NAME", kAtStart,
        "xen, or sim[:cpus=N,memory=MiB,xen=4.17] for a model of it, or sim@PATH for "
        "one in a process of its own (xen-sim)"),
    path<&S::state_dir>("state_dir", kAtStart, "where notes are kept that a restart needs"),
    path<&S::userdata_dir>("userdata_dir", kAtStart, "where the configs of domains are kept"),
    path<&S::dump_dir>("dump_dir", kAtStart, "where the cores of domains that crash are put"),
    path<&S::console, &C::log_dir>("console.log_dir", kAtStart,
                                   "where guests' consoles are logged"),
    number<&S::console, &C::log_size>("console.log_size", kAtOnce, {4096, 1U << 30},
                                      "bytes of one log file"),
    number<&S::console, &C::log_files>("console.log_files", kAtOnce, {1, 100},
                                       "log files of a console, the current one included"),
    number<&S::console, &C::log_total>("console.log_total", kAtOnce, {4096, std::int64_t{1} << 40},
                                       "bytes of all log files together"),
    number<&S::console, &C::rate>("console.rate", kAtOnce, {1024, 1U << 30},
                                  "bytes a second that a console may print in the long run"),
    number<&S::console, &C::burst>("console.burst", kAtOnce, {4096, 1U << 30},
                                   "bytes that it may print at once after a rest"),
    word<kLevels, &S::log_level>("log_level", "LEVEL", kAtOnce,
                                 "what to log: error, warning, info or debug"),
};

}  // namespace

std::span<const SettingRow> setting_rows() { return kRows; }

const SettingRow* find_setting(std::string_view name) {
    const auto* const row = std::ranges::find(kRows, name, &SettingRow::name);
    return row == kRows.end() ? nullptr : row;
}

std::string option_of(const SettingRow& row) {
    std::string option = fmt::format("--{}", row.name);
    std::ranges::replace_if(
        option, [](char c) { return c == '_' || c == '.'; }, '-');
    return option;
}

}  // namespace zeroth::daemon
