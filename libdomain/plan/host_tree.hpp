// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/result.hpp"
#include "libdomain/hypervisor/types.hpp"
#include "libdomain/plan/host_info.hpp"

namespace zeroth::plan {

/// What dom0's own device tree tells of the host that no hypercall does: Xen hands dom0 the
/// machine's interrupt controller and timer.
struct HostTree {
    hyper::DomainSpec::Gic gic = hyper::DomainSpec::Gic::kV2;
    /// The timer node's clock-frequency; 0 where the firmware set the register and wrote none.
    std::uint32_t timer_clock_frequency = 0;
    /// The interrupt controller's registers and the RAM that dom0 was given.
    std::vector<HostRange> ranges;
};

/// Reads a flattened device tree (/sys/firmware/fdt). An Error when it is none, or has no GIC.
Result<HostTree> read_host_tree(std::span<const std::byte> blob);

}  // namespace zeroth::plan
