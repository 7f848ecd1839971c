// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "daemon/settings/load.hpp"
#include "daemon/settings/settings.hpp"

namespace zeroth::daemon {

/// What becomes of a running xld's settings when they are read again.
struct SettingsChange {
    /// The running ones, with the new values of those that can change while xld runs.
    Settings settings;
    /// Names of what changed, and of what would have, at a start.
    std::vector<std::string_view> taken, waiting;
};

SettingsChange change_settings(const Settings& running, const Settings& read);

/// Reads the sources again and gives what is in force from now on; the log says what changed. A
/// source that cannot be used changes nothing.
Settings reload_settings(const SettingSources& sources, const Settings& running);

}  // namespace zeroth::daemon
