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

constexpr Words<log::Level, 4> kLevels{{{"error", log::Level::kError},
                                        {"warning", log::Level::kWarning},
                                        {"info", log::Level::kInfo},
                                        {"debug", log::Level::kDebug}}};

constexpr std::array kRows{
    path<&S::socket>("socket", kAtStart, "the Unix socket to listen on"),
    text<&S::group>("group", "GROUP", kAtStart,
                    "members of this group may read; root alone changes"),
    text<&S::hypervisor>("hypervisor", "NAME", kAtStart,
                         "xen, or sim[:cpus=N,memory=MiB,xen=4.17] for a model of it"),
    path<&S::state_dir>("state_dir", kAtStart, "where notes are kept that a restart needs"),
    path<&S::userdata_dir>("userdata_dir", kAtStart, "where the configs of domains are kept"),
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
