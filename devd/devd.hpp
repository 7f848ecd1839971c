// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <poll.h>

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/ids.hpp"
#include "core/result.hpp"
#include "devd/backend.hpp"
#include "devd/job.hpp"
#include "xenstore/client/client.hpp"
#include "xenstore/client/connection.hpp"

namespace zeroth::devd {

/// Runs the hotplug scripts of the devices that this domain serves for others: what the toolstack
/// does in domain 0, which cannot reach in here. Those of different devices run side by side, so
/// that one which hangs holds up no other; those of one device, one after the other.
class Devd {
public:
    /// An Error where this is domain 0, or no domain of Xen's.
    static Result<Devd> open();

    /// step() is to be called when one of them is readable, and by `wake_at()`.
    std::vector<pollfd> fds() const;
    /// Nothing: there is no hurry.
    std::optional<Job::Clock::time_point> wake_at() const;
    /// Sees to all that has changed; to all that is there, the first time.
    Result<> step();

    /// No script is begun any more; step() sees those that run to their end.
    void wind_up() { winding_up_ = true; }
    bool is_idle() const { return jobs_.empty(); }

private:
    Devd(std::unique_ptr<xs::Client> store, xs::Connection watch, int fd)
        : store_{std::move(store)}, watch_{std::move(watch)}, fd_{fd} {}

    /// The devices, by the path of each, that have changed.
    Result<std::set<std::string>> changed();
    Result<> add_all(std::set<std::string>& paths);
    Result<> see_to(const std::string& path, const hooks::BackendPath& backend);
    Result<> begin(const std::string& path, const hooks::BackendPath& backend, hooks::Phase phase);
    Result<> step_jobs();
    Result<> ended(const std::string& path, const Job& job, const std::string& trouble);
    Result<> finish(const std::string& path, hooks::Phase phase, const std::string& trouble);
    Result<std::optional<hooks::ScriptCall>> call_of(const std::string& path,
                                                     const hooks::BackendPath& backend,
                                                     hooks::Phase phase);
    Result<> tell_end(const std::string& path, const std::string& trouble);

    std::unique_ptr<xs::Client> store_;
    xs::Connection watch_;
    int fd_;
    /// By the path of the device.
    std::map<std::string, Job> jobs_;
    /// Devices that have changed while their script ran, or while too many did.
    std::set<std::string> again_;
    bool winding_up_ = false;
};

}  // namespace zeroth::devd
