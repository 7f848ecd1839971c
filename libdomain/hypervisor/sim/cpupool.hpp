// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "libdomain/hypervisor/abi/sysctl.hpp"
#include "libdomain/hypervisor/sim/domain.hpp"
#include "libdomain/hypervisor/types.hpp"

namespace zeroth::hyper::sim {

struct State;

/// What the model knows of one CPU pool.
struct CpuPool {
    std::uint32_t scheduler = 0;
    CpuMap cpus;
    std::uint32_t timeslice_ms = 30, ratelimit_us = 1000, migration_delay_us = 0;
};

/// What a scheduler has for a domain that comes to it.
xenabi::SchedulerOp default_scheduling(std::uint32_t scheduler);

/// XEN_SYSCTL_cpupool_op and XEN_SYSCTL_scheduler_op; 0 or a negative errno, as Xen's.
long cpupool_op(State& state, xenabi::CpupoolOp& body);
long pool_scheduler_op(State& state, xenabi::PoolSchedulerOp& body);

/// Moves the vCPUs that are where they may not be: their pool, or its CPUs, have changed.
void settle_vcpus(const CpuPool& pool, Domain& domain);

}  // namespace zeroth::hyper::sim
