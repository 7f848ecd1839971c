// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "core/result.hpp"
#include "daemon/settings/read.hpp"
#include "daemon/settings/settings.hpp"

namespace zeroth::daemon {

inline constexpr const char* kSettingsFile = "/etc/xen/xld.toml";

/// Where the settings come from; kept, to read them again.
struct SettingSources {
    std::string file = kSettingsFile;
    /// The usual file need not be there; one that somebody named has to be.
    enum class File { kMayLack, kMustBe };
    File presence = File::kMayLack;
    /// They win over the file.
    SettingWords words;
};

struct LoadedSettings {
    /// Nothing if there were errors.
    std::optional<Settings> settings;
    /// Errors and warnings, as `xl config-check` prints those of a domain's config.
    std::string messages;
};

/// An Error is a file that cannot be read.
Result<LoadedSettings> load_settings(const SettingSources& sources, config::Colour colour);

}  // namespace zeroth::daemon
