// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/ids.hpp"
#include "core/uuid.hpp"
#include "libdomain/hypervisor/types.hpp"

namespace zeroth::plan {

/// A domain that exists already, for names and UUIDs in use.
struct KnownDomain {
    DomainId id;
    std::string name;
    Uuid uuid;
};

/// What the host is, as far as a plan depends on it.
struct HostInfo {
    hyper::XenVersion xen;
    hyper::PhysInfo phys;
    /// Node of each physical CPU; its length is the number of CPUs.
    std::vector<std::uint32_t> node_of_cpu;
    std::uint32_t scheduler = 6;
    /// The host's own interrupt controller, which a guest with gic_version="default" gets.
    hyper::DomainSpec::Gic gic = hyper::DomainSpec::Gic::kV2;
    /// Of the host's timer node; 0 where it has none (then the guest's has none either).
    std::uint32_t timer_clock_frequency = 0;
    /// Guest-physical address bits Xen offers.
    std::uint8_t gpaddr_bits = 40;
    /// Who serves XenStore and consoles.
    DomainId store_domain = kDomain0, console_domain = kDomain0;
    std::vector<KnownDomain> domains;
    /// Names of the CPU pools, by id.
    std::vector<std::pair<CpupoolId, std::string>> pools;
};

}  // namespace zeroth::plan
