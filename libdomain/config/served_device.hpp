// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "libdomain/config/device_entry.hpp"
#include "libdomain/config/domain_config.hpp"
#include "libdomain/config/report.hpp"
#include "libdomain/config/value.hpp"

/// Devices that neither dom0's kernel nor the toolstack serves, but a program of somebody's: `vkb`,
/// `vdispl`, `vsnd`, `p9`. All that a toolstack does for them is to say in XenStore what was asked
/// for.
namespace zeroth::config {

struct ServedDevice {
    using Values = std::vector<std::pair<std::string, std::string>>;

    /// As XenStore has it: "vinput".
    std::string kind;
    std::optional<std::string> backend;
    /// Keys below the guest's end (`read_only`: not the guest's to change), and below the backend.
    Values read_only, front, back;
    enum class By {
        /// Whatever program is there.
        kAnybody,
        /// QEMU for Xen's own guests, which somebody has to start for the domain.
        kQemu,
        /// xen-9pfsd, one for all guests.
        k9pfsd,
    } by = By::kAnybody;
};

/// Whether a list's entries are such devices.
bool is_served(std::string_view key);
/// The list that a kind comes from: `vkb` for "vinput" and for "vkbd". Empty for other kinds.
std::string_view served_list(std::string_view kind);

/// One entry of the list `key`; nullopt where it was refused.
std::optional<ServedDevice> read_served(std::string_view key, const Value& value, Report& report);
/// The same of an entry that is kept as text; the diagnostics' places are in `entry_source`.
ParsedEntry<ServedDevice> parse_served(const OtherDevice& device);
std::string entry_source(const OtherDevice& device);

/// An entry of `vsnd`, which is a list: a card, and after it its PCM devices with their streams.
std::optional<ServedDevice> read_sound_card(const Value& value, Report& report);

}  // namespace zeroth::config
