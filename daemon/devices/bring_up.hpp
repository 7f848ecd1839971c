// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/devices/dom0.hpp"
#include "daemon/devices/script_run.hpp"
#include "daemon/devices/watcher.hpp"
#include "libdomain/device/attach.hpp"
#include "libdomain/device/paths.hpp"
#include "libdomain/plan/device.hpp"
#include "xenstore/client/store.hpp"

namespace zeroth::daemon::devices {

using Cancelled = std::function<bool()>;

/// The devices of one guest on their way up, side by side, by one thread. Whatever fails, it undoes
/// nothing: TakeDown finds in XenStore what there is to be taken down.
class BringUp {
public:
    BringUp(Dom0& dom0, xs::Store& store, Watcher watcher, DomainId guest)
        : dom0_{dom0}, store_{store}, watcher_{std::move(watcher)}, guest_{guest} {}

    /// Opens what the device is made of.
    Result<> begin(const plan::Device& device);
    /// Writes the nodes of all that were begun: from here on their backends are at them.
    Result<> start();
    /// Until all are there. The Error is of the first that is not going to be.
    Result<> wait(const Cancelled& cancelled);
    /// What is odd of those that are there, a sentence each.
    std::vector<std::string> remarks() const;

private:
    using Clock = std::chrono::steady_clock;
    struct Entry {
        plan::Device device;
        device::Paths paths;
        device::Attach machine;
        Clock::time_point began;
        OpenDisk disk;
        std::optional<ScriptRun> script = {};
        bool over = false;
    };

    static void add_opened(std::vector<xs::Change>& changes, const Entry& entry);
    static Error refusal(const Entry& entry, const std::string& why);
    Result<> act(Entry& entry, device::Attach::Act act);
    Result<> look(const std::vector<Entry*>& entries);
    Result<> hotplug(Entry& entry);
    Result<> connect(Entry& entry, const plan::Nic& nic);
    Result<> step_scripts();
    Result<> heard(const std::set<std::size_t>& places);
    Result<> put(const std::string& path, std::string value);
    Result<> check_times();
    Clock::time_point next_time() const;
    Result<> let_go(Entry& entry, const Cancelled& cancelled);
    Result<> check_refusal(const Entry& entry, bool late);
    static Result<> check_opened(const Entry& entry, const std::string& number);
    bool is_over() const;

    Dom0& dom0_;
    xs::Store& store_;
    Watcher watcher_;
    DomainId guest_;
    std::vector<std::unique_ptr<Entry>> entries_;
    /// Whether dom0 has any for interfaces; looked up with the first.
    std::optional<bool> has_hooks_ = {};
    /// What is to be told once all are up.
    std::vector<xs::Change> changes_;
};

}  // namespace zeroth::daemon::devices
