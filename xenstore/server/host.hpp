// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/ids.hpp"
#include "core/result.hpp"

namespace zeroth::xenstored {

/// What the Store asks of the world around it; the daemon answers with Xen, or with "no domain but
/// domain 0" where there is none.
class Host {
public:
    virtual ~Host() = default;

    /// Whether there is such a domain and it is not dying.
    virtual bool exists(DomainId domain) = 0;
    /// Maps the ring the domain granted (reference 1) and binds its event channel `port`; if the
    /// ring is mapped already, binds only. ENOENT, EINVAL as Xen has it.
    virtual Result<> connect(DomainId domain, Port port) = 0;
    /// Resets the ring's state as seen by the guest after INTRODUCE or RESUME: connection 1 → 0.
    virtual void reset(DomainId domain) = 0;
    /// Unmaps and unbinds.
    virtual void disconnect(DomainId domain) = 0;
};

}  // namespace zeroth::xenstored
