// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.hpp"
#include "daemon/ground.hpp"
#include "daemon/service.hpp"

namespace zeroth::daemon {

/// Takes in the domains that Xen itself has made at boot ("dom0less"): gives each a UUID, a name,
/// nodes, and XenStore if Xen has set an event channel aside for it. What is to become of a domain
/// is in its record before anything is done, and every step may be done again, so that an xld that
/// was killed in between is followed by one that goes on.
class Adopter {
public:
    Adopter(const Ground& ground, Service& service) : ground_{ground}, service_{service} {}

    /// Whether Xen has made it, and nobody has taken it in: it has no UUID, and no name in
    /// XenStore.
    bool wants(const hyper::DomainInfo& info) const;
    /// Decides who it is, and writes that down. For one domain at a time, in the order of their
    /// numbers.
    Result<lives::Record> begin(const hyper::DomainInfo& info) const;
    /// From wherever it is to the end. In the domain's lane.
    Result<> go_on(const lives::Record& record) const;
    /// What its config says now, if Xen made its present life: the file may have come or changed
    /// while it ran.
    lives::Record with_config(lives::Record record) const;

private:
    Result<bool> give_store(const lives::Record& record, const hyper::DomainInfo& info,
                            xs::Store& store) const;
    Result<> keep_config(const lives::Record& record) const;
    Result<> drop(const lives::Record& record) const;
    void finish(const lives::Record& record, bool has_store) const;

    const Ground& ground_;
    Service& service_;
};

}  // namespace zeroth::daemon
