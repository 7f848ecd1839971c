// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/ids.hpp"
#include "core/result.hpp"
#include "devd/backend.hpp"
#include "xenstore/client/client.hpp"
#include "xenstore/client/connection.hpp"

namespace zeroth::devd {

/// Runs the hotplug scripts of the devices that this domain serves for others, one after the other:
/// what the toolstack does in domain 0, which cannot reach in here.
class Devd {
public:
    /// An Error where this is domain 0, or no domain of Xen's.
    static Result<Devd> open();

    /// Readable when there is something to be seen to.
    int fd() const { return fd_; }
    /// Sees to all that has changed; to all that is there, the first time.
    Result<> step();

private:
    Devd(std::unique_ptr<xs::Client> store, xs::Connection watch, int fd)
        : store_{std::move(store)}, watch_{std::move(watch)}, fd_{fd} {}

    /// The devices, by the path of each, that have changed.
    Result<std::set<std::string>> changed();
    Result<> add_all(std::set<std::string>& paths);
    Result<> see_to(const std::string& path, const hooks::BackendPath& backend);
    Result<> bring_up(const std::string& path, const hooks::BackendPath& backend);
    Result<> take_down(const std::string& path, const hooks::BackendPath& backend);
    Result<std::optional<hooks::ScriptCall>> call_of(const std::string& path,
                                                     const hooks::BackendPath& backend,
                                                     hooks::Phase phase);
    Result<> tell_end(const std::string& path, const std::string& trouble);

    std::unique_ptr<xs::Client> store_;
    xs::Connection watch_;
    int fd_;
};

}  // namespace zeroth::devd
