// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "core/result.hpp"
#include "libdomain/hypervisor/hypervisor.hpp"

/// XenStore for a domain that Xen itself has made at boot ("dom0less") and that runs already.
namespace zeroth::build {

/// A domain's way to XenStore.
struct StoreRing {
    GuestFrame frame;
    Port port;
};

/// Sees to it that the domain has a page for its ring, known to it and granted to `store_domain`,
/// and says where. nullopt for a domain that was made without the event channel for it, and can
/// never have one. May be cut short anywhere and called again: nothing is done twice that would be
/// seen. XenStore does not know of the ring yet: the domain waits for the event of its
/// introduction.
Result<std::optional<StoreRing>> give_store_page(const hyper::Hypervisor& xen,
                                                 const hyper::DomainInfo& domain,
                                                 DomainId store_domain);

}  // namespace zeroth::build
