// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "daemon/events.hpp"
#include "daemon/lives/lanes.hpp"
#include "daemon/lives/registry.hpp"
#include "daemon/store_pool.hpp"
#include "libdomain/hypervisor/hypervisor.hpp"

namespace zeroth::daemon {

/// What does not change while the host runs, found once.
struct HostFacts {
    std::vector<std::uint32_t> node_of_cpu;
    std::uint32_t scheduler = 0;
    hyper::DomainSpec::Gic gic = hyper::DomainSpec::Gic::kV2;
    std::uint32_t timer_clock_frequency = 0;
    bool simulated = false;
};

struct Settings {
    /// xld's notes beside Xen and XenStore: creates under way, domains, events.
    std::string state_dir = "/run/zeroth";
    /// The reference's place for a domain's config.
    std::string userdata_dir = "/var/lib/xen";
    /// Where on_crash="coredump-..." puts what it dumps, by the domain's name.
    std::string dump_dir = "/var/lib/xen/dump";
};

/// What every part of xld stands on; outlives them all. Each may be used from any thread.
struct Ground {
    const hyper::Hypervisor& xen;
    hyper::GrantTable& grants;
    StorePool& stores;
    EventLog& events;
    const HostFacts& facts;
    const Settings& settings;
    lives::Registry& registry;
    lives::Lanes& lanes;
};

}  // namespace zeroth::daemon
