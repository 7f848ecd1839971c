// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

#include "core/units.hpp"
#include "libdomain/hypervisor/types.hpp"

namespace zeroth::hyper::sim {

/// The machine and the hypervisor to model.
struct SimOptions {
    /// "4.17" to "4.22".
    std::string release = "4.20";
    std::uint32_t cpus = 4;
    /// CPUs that belong to no pool, of the highest numbers.
    std::uint32_t free_cpus = 0;
    std::uint32_t nodes = 1;
    /// All of the host's memory; Xen and dom0 take theirs out of it.
    KiB memory = mib(4096);
    KiB dom0_memory = mib(512);
    std::uint32_t dom0_vcpus = 1;
    /// The largest extent that the free memory yields: 18 is 1 GiB.
    unsigned largest_order = 18;

    DomainSpec::Gic gic = DomainSpec::Gic::kV3;
    std::uint8_t gpaddr_bits = 40;
    /// Whether EL1 can run 32-bit code.
    bool aarch32 = true;
    bool iommu = false;
    bool vpmu = false;
    bool llc_coloring = false;
    /// Longest SVE vector, in units of 128 bits; 0 for none.
    std::uint8_t sve_vl = 0;
    /// What the firmware has: 0 none, 1 OP-TEE, 2 FF-A.
    std::uint16_t tee_type = 0;
    /// Value of the device tree's clock-frequency; 0 where there is none.
    std::uint32_t clock_frequency = 0;
    /// XEN_SCHEDULER_* of the CPU pool that is there at first.
    std::uint32_t scheduler = 6;
    /// The machine's shared interrupts, 32 up to this one: all of them dom0's.
    std::uint32_t last_spi = 287;
    /// Device-tree paths that the IOMMU may assign.
    std::set<std::string> dt_devices;

    /// Interface versions other than the release's own: a hypervisor that nobody knows yet.
    std::optional<std::uint32_t> domctl, sysctl;
};

}  // namespace zeroth::hyper::sim
