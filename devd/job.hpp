// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <poll.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "hooks/script_calls.hpp"

namespace zeroth::devd {

/// The hotplug script of one device: waits for what it needs, runs it, says how it ended. It and
/// all that it started ends with this.
class Job {
public:
    using Clock = std::chrono::steady_clock;

    Job(hooks::Phase phase, hooks::ScriptCall call, const hooks::BackendPath& backend);

    hooks::Phase phase() const { return phase_; }
    const std::string& script() const { return call_.path; }

    void add_fds(std::vector<pollfd>& fds) const;
    /// step() is to be called when an fd is readable, and by then.
    Clock::time_point wake_at() const;
    /// Nothing while it goes on; then what went wrong, or an empty text.
    std::optional<std::string> step();

private:
    std::optional<std::string> start();
    std::string told(const hooks::ScriptEnd& end) const;

    hooks::Phase phase_;
    hooks::ScriptCall call_;
    /// The network interface that has to be there first; empty where there is none.
    std::string interface_;
    Clock::time_point began_ = Clock::now();
    std::optional<hooks::Script> running_ = {};
};

}  // namespace zeroth::devd
