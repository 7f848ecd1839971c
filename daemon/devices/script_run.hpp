// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <poll.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "hooks/script.hpp"
#include "hooks/script_calls.hpp"
#include "libdomain/device/paths.hpp"

namespace zeroth::daemon::devices {

/// A device's hotplug script that runs; it and all that it started ends with this.
class ScriptRun {
public:
    using Clock = std::chrono::steady_clock;

    /// `gatewaydev` is a vif's.
    static hooks::ScriptCall call_of(const std::string& path, const device::Paths& device,
                                     hooks::Phase phase, const std::string& gatewaydev);
    static Result<ScriptRun> start(const hooks::ScriptCall& call);

    void add_fds(std::vector<pollfd>& fds) const;
    /// step() is to be called when an fd is readable, and by then.
    Clock::time_point wake_at() const { return script_.wake_at(); }
    /// Nothing while it goes on; then what went wrong, or an empty text.
    std::optional<std::string> step();
    /// What it has written, a line that says so before it; empty where it wrote nothing.
    std::string said() const;

private:
    ScriptRun(std::string path, hooks::Script script)
        : path_{std::move(path)}, script_{std::move(script)} {}

    std::string path_;
    hooks::Script script_;
    std::string output_;
    bool over_ = false;
};

}  // namespace zeroth::daemon::devices
