// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "libdomain/hypervisor/sim/guest_cpu.hpp"
#include "libdomain/hypervisor/sim/guests/store_session.hpp"

namespace zeroth::hyper::sim {

/// Tells an xenstored that does not see the machine (--no-xen) what Xen would have told it: that
/// domains have ended. Also names domain 0, as a host's init service does.
class Announcer {
public:
    Announcer() : store_{"/local/domain/0"} {}

    void begin();
    void ended(DomainId id, Observer::End how);
    StoreSession& store() { return store_; }

private:
    StoreSession store_;
};

}  // namespace zeroth::hyper::sim
