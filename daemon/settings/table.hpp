// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "daemon/settings/settings.hpp"
#include "libdomain/config/draft.hpp"

/// The one table of xld's settings. The file, the command line, --help, SIGHUP and the test that
/// each is documented all walk it.
namespace zeroth::daemon {

/// A value that somebody wrote for a setting.
struct Given {
    const config::Value& value;
    config::Report& report;
    enum class By { kFile, kCommandLine };
    By by;
};

struct SettingRow {
    /// As in the file: "socket", or "console.rate" for `rate` in the table `[console]`.
    std::string_view name;
    /// What --help calls its value.
    std::string_view value;
    std::string_view doc;
    enum class When {
        kAtStart,  ///< a change waits for the next start
        kAtOnce,   ///< SIGHUP puts it into effect
    };
    When when;
    /// Takes the value, or reports what is wrong with it.
    void (*take)(Settings&, const SettingRow&, const Given&);
    /// The value as the file would have it.
    std::string (*show)(const Settings&);
    void (*copy)(Settings& to, const Settings& from);
    config::Bounds bounds = {};
};

std::span<const SettingRow> setting_rows();
const SettingRow* find_setting(std::string_view name);
/// "--console-rate" for "console.rate".
std::string option_of(const SettingRow& row);

}  // namespace zeroth::daemon
