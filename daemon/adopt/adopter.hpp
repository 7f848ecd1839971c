// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/result.hpp"
#include "daemon/adopt/notes.hpp"
#include "daemon/ground.hpp"
#include "daemon/service.hpp"

namespace zeroth::daemon {

/// Takes in the domains that Xen itself has made at boot ("dom0less"): gives each a UUID, a name,
/// nodes, and XenStore if Xen has set an event channel aside for it. Who it is going to be is
/// written down before anything is done, and every step may be done again, so that an xld that was
/// killed in between is followed by one that goes on. For one thread at a time.
class Adopter {
public:
    Adopter(const Ground& ground, Service& service);

    /// Whether it is one of those, and has no record yet: then it has one afterwards, unless
    /// something is in the way, which is told once and tried again the next time. To be called in
    /// the order of the domains' numbers.
    bool take_in(const hyper::DomainInfo& info);
    /// Forgets those that are not among all that there are.
    void sweep(const std::vector<hyper::DomainInfo>& infos) const;
    /// What its config says now, if Xen made its present life: the file may have come or changed
    /// while it ran.
    lives::Record with_config(lives::Record record) const;

private:
    bool is_named(DomainId domain) const;
    std::optional<AdoptNote> note_for(const hyper::DomainInfo& info) const;
    Result<AdoptNote> begin(const hyper::DomainInfo& info) const;
    Result<> go_on(AdoptNote note, const hyper::DomainInfo& info) const;
    Result<bool> give_store(const AdoptNote& note, const hyper::DomainInfo& info) const;
    void keep_config(const AdoptNote& note, const config::DomainConfig& config) const;
    Result<> finish(const AdoptNote& note, const std::optional<config::DomainConfig>& config) const;
    std::optional<config::DomainConfig> config_named(const std::string& name) const;

    const Ground& ground_;
    Service& service_;
    std::string configs_;
    /// What was told last of what is in the way.
    std::string told_;
};

}  // namespace zeroth::daemon
