// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "hooks/script_calls.hpp"
#include "libdomain/device/seen.hpp"

/// What a driver domain does about the devices that it serves; no I/O here.
namespace zeroth::devd {

/// Where in XenStore a domain has the devices that it serves, relative to its own folder.
inline constexpr std::string_view kFolder = "backend";

/// The device that a path names, or that it lies in: "backend/vif/3/0/state". nullopt: none, or
/// none of a kind that has scripts.
std::optional<hooks::BackendPath> backend_of(std::string_view path);
bool has_scripts(std::string_view kind);

/// What XenStore says of a device. Nothing is kept beside it, so that a process that comes later
/// goes on where another one stopped.
struct Seen {
    device::BusState state = device::BusState::kNone;
    /// The toolstack wants it to be there.
    bool online = false;
    /// Its hotplug has ended, well or not.
    bool set_up = false;
};

enum class Act {
    kWait,
    kBringUp,
    /// Undo what was set up, then remove its nodes: the toolstack waits for that.
    kTakeDown,
    /// There was nothing to undo.
    kRemove,
};
Act act_on(const Seen& seen);

}  // namespace zeroth::devd
