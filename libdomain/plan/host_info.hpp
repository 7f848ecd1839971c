// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/ids.hpp"
#include "core/uuid.hpp"
#include "libdomain/config/domain_config.hpp"
#include "libdomain/hypervisor/types.hpp"
#include "libdomain/plan/layout.hpp"

namespace zeroth::plan {

/// A domain that exists already, for names and UUIDs in use.
struct KnownDomain {
    DomainId id;
    std::string name;
    Uuid uuid;
};

/// What a config names as a disk, as dom0 has it.
struct DiskTarget {
    enum class Kind { kMissing, kBlockDevice, kFile, kOther };
    Kind kind = Kind::kMissing;
    /// Why it is missing, in the kernel's words.
    std::string trouble;
    /// The same for two paths to the same bytes.
    std::string identity;
    std::uint64_t size = 0;
};
/// A hook script of the host's: not there, as we ship it, or somebody's own.
enum class ScriptFile { kMissing, kShipped, kForeign };
struct NicInUse {
    std::string mac, vifname;
    /// "g1 (domain 3)".
    std::string owner;
    std::uint32_t devid = 0;
};
struct DiskInUse {
    std::string identity, vdev, owner;
    /// Shared: who made it said that others use it as well (`w!`).
    bool writable = false, shared = false;
};
/// What of dom0 a config's devices depend on.
struct DeviceFacts {
    std::vector<std::string> bridges;
    /// Of the interface names that the config asks for, those that are taken.
    std::set<std::string, std::less<>> taken_names;
    /// By the path that the config names, as are scripts.
    std::map<std::string, DiskTarget, std::less<>> targets;
    std::map<std::string, ScriptFile, std::less<>> scripts;
    /// Domains that the config calls a `backend`, by that word.
    std::map<std::string, DomainId, std::less<>> backends;
    /// Where xen-9pfsd runs.
    std::set<DomainId> with_9pfsd;
    std::vector<NicInUse> nics;
    std::vector<DiskInUse> disks;
};

/// Machine addresses that are no device for a guest: "interrupt controller", "RAM".
struct HostRange {
    std::string what;
    Span span;
};
/// What of the host another domain has been given.
struct GivenAway {
    /// "g1 (domain 3)".
    std::string owner;
    std::vector<config::IomemRange> iomem;
    std::vector<std::uint32_t> irqs;
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
    DeviceFacts devices;
    std::vector<HostRange> ranges;
    /// Filled in where the config asks for iomem or irqs.
    std::vector<GivenAway> given_away;
    /// Names of the CPU pools, by id.
    std::vector<std::pair<CpupoolId, std::string>> pools;
};

}  // namespace zeroth::plan
