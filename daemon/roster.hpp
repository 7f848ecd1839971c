// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.hpp"
#include "core/result.hpp"
#include "core/uuid.hpp"
#include "libdomain/hypervisor/newcomers.hpp"
#include "libdomain/plan/host_info.hpp"
#include "xenstore/client/client.hpp"

namespace zeroth::daemon {

/// Who has which name, for as little work among a thousand domains as among two. A watch on each
/// domain's name, on a connection of its own, tells what changed: XenStore sends events and replies
/// in their order, so that after any reply there is nothing left to hear of what was done before,
/// whoever did it. Thread-safe.
class Roster {
public:
    using Connect = std::function<Result<std::unique_ptr<xs::Client>>()>;

    Roster(const hyper::Hypervisor& xen, Connect connect);

    /// The domains that have this name or this UUID now.
    Result<std::vector<plan::KnownDomain>> holders(std::string_view name,
                                                   const std::optional<Uuid>& uuid);

private:
    struct Entry {
        Uuid uuid;
        std::string name;
    };
    using Entries = std::map<DomainId, Entry>;

    Result<> catch_up();
    Result<> catch_up_once();
    Result<> meet_newcomers();
    Result<> read_names();
    Result<> hear();
    Result<> drop_if_gone(DomainId domain);
    void set_name(DomainId domain, Entry& entry, std::string name);
    void start_over();

    const hyper::Hypervisor& xen_;
    Connect connect_;
    std::mutex mutex_;
    std::unique_ptr<xs::Client> client_;
    std::optional<hyper::Newcomers> newcomers_;
    Entries entries_;
    std::multimap<std::string, DomainId, std::less<>> by_name_;
    /// Whose names have changed since they were read.
    std::set<DomainId> changed_;
    /// Whose watch's first event, which comes with its reply and before the name is read, is yet to
    /// be heard.
    std::set<DomainId> just_watched_;
    bool heard_of_births_before_ = false;
};

}  // namespace zeroth::daemon
