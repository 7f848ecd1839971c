// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

#include "core/result.hpp"
#include "daemon/ground.hpp"
#include "daemon/store_pool.hpp"
#include "libdomain/hypervisor/hypervisor.hpp"
#include "libdomain/hypervisor/privcmd.hpp"

namespace zeroth::daemon {

/// What xld runs on: Xen, or a model of it; xenstored in either case.
struct Machine {
    /// Below `xen`, and outlives it.
    std::unique_ptr<hyper::Privcmd> seam;
    /// What runs the guests of a simulated machine inside this process; nothing else need know it.
    std::shared_ptr<void> guests;
    hyper::Hypervisor xen;
    std::unique_ptr<hyper::GrantTable> grants;
    std::unique_ptr<StorePool> stores;
    /// For the consoles.
    std::unique_ptr<hyper::EventChannels> channels;
    HostFacts facts;
    std::unique_ptr<devices::Dom0> dom0;
};

/// `name` is "xen", or "sim" with options: "sim:cpus=4,memory=2048,xen=4.20", or "sim@PATH".
Result<Machine> open_machine(std::string_view name);

}  // namespace zeroth::daemon
