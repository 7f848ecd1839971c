// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

/// What a daemon tells the program that started it and keeps it: systemd's protocol (sd_notify(3)).
namespace zeroth::service_manager {

/// Sends "READY=1", "STOPPING=1" and their kin to $NOTIFY_SOCKET; does nothing where there is none.
void notify(std::string_view state);
/// "RELOADING=1"; `notify("READY=1")` ends it.
void notify_reloading();
/// Says "WATCHDOG=1" as often as the manager wants to hear it: twice in the time after which it
/// would take the daemon for stuck.
class Heartbeat {
public:
    Heartbeat();
    /// Says it, if it is time to.
    void beat();
    /// Until it is time again; nullopt: never.
    std::optional<std::chrono::milliseconds> left() const;

private:
    std::optional<std::chrono::milliseconds> period_;
    std::chrono::steady_clock::time_point next_;
};

}  // namespace zeroth::service_manager
