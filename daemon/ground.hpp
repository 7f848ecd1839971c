// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/devices/dom0.hpp"
#include "daemon/events.hpp"
#include "daemon/lives/lanes.hpp"
#include "daemon/lives/registry.hpp"
#include "daemon/metrics.hpp"
#include "daemon/named_kernel.hpp"
#include "daemon/settings/settings.hpp"
#include "daemon/store_pool.hpp"
#include "libdomain/hypervisor/hypervisor.hpp"

namespace zeroth::daemon {

/// What does not change while the host runs, found once.
struct HostFacts {
    std::vector<std::uint32_t> node_of_cpu;
    std::uint32_t scheduler = 0;
    hyper::DomainSpec::Gic gic = hyper::DomainSpec::Gic::kV2;
    std::uint32_t timer_clock_frequency = 0;
    std::vector<plan::HostRange> ranges;
    bool simulated = false;
    NamedKernels named_kernels;
};

/// What every part of xld stands on; outlives them all. Each may be used from any thread.
struct Ground {
    const hyper::Hypervisor& xen;
    hyper::GrantTable& grants;
    StorePool& stores;
    EventLog& events;
    const HostFacts& facts;
    /// As they were at the start; what can change while xld runs, main tells those whom it
    /// concerns.
    const Settings& settings;
    lives::Registry& registry;
    lives::Lanes& lanes;
    Metrics& metrics;
    devices::Dom0& dom0;
};

}  // namespace zeroth::daemon
