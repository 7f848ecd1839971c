// SPDX-License-Identifier: Apache-2.0
#include "daemon/settings/reload.hpp"

#include "core/log.hpp"
#include "daemon/settings/table.hpp"

namespace zeroth::daemon {

SettingsChange change_settings(const Settings& running, const Settings& read) {
    SettingsChange out{.settings = running, .taken = {}, .waiting = {}};
    for (const SettingRow& row : setting_rows()) {
        if (row.show(running) == row.show(read)) continue;
        if (row.when == SettingRow::When::kAtOnce) {
            row.copy(out.settings, read);
            out.taken.push_back(row.name);
        } else {
            out.waiting.push_back(row.name);
        }
    }
    return out;
}

Settings reload_settings(const SettingSources& sources, const Settings& running) {
    auto loaded = load_settings(sources, config::Colour::kNo);
    if (!loaded) {
        log::error("{}: the settings stay as they were", loaded.error().text());
        return running;
    }
    log::text(loaded->messages);
    if (!loaded->settings) {
        log::error("{} has errors: the settings stay as they were", sources.file);
        return running;
    }
    const SettingsChange change = change_settings(running, *loaded->settings);
    for (const auto name : change.taken) log::info("`{}` has changed", name);
    for (const auto name : change.waiting)
        log::warning("`{}` has changed: that takes effect when xld starts anew", name);
    log::info("{} was read again", sources.file);
    return change.settings;
}

}  // namespace zeroth::daemon
