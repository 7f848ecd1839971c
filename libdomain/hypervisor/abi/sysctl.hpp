// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "libdomain/hypervisor/abi/domctl.hpp"

/// Argument structures of sysctl, the same in every release from 4.17 to 4.22 (reference C.8).
namespace zeroth::xenabi {

struct SysctlHeader {
    std::uint32_t cmd, interface_version;
};
static_assert(sizeof(SysctlHeader) == 8);
inline constexpr std::size_t kSysctlBodySize = 128;
struct SysctlBytes {
    SysctlHeader header;
    std::array<std::byte, kSysctlBodySize> body;
};
static_assert(sizeof(SysctlBytes) == 136 && offsetof(SysctlBytes, body) == 8);

struct ReadConsole {
    std::uint8_t clear, incremental;
    std::uint16_t pad1;
    std::uint32_t index;
    std::uint64_t buffer;
    std::uint32_t count, pad2;
};
static_assert(sizeof(ReadConsole) == 24);

struct PhysInfoBytes {
    std::uint32_t threads_per_core, cores_per_socket, nr_cpus, max_cpu_id, nr_nodes, max_node_id,
        cpu_khz, capabilities, arch_capabilities, pad;
    std::uint64_t total_pages, free_pages, scrub_pages, outstanding_pages, max_mfn;
    std::array<std::uint32_t, 8> hw_cap;
};
static_assert(sizeof(PhysInfoBytes) == 112 && offsetof(PhysInfoBytes, hw_cap) == 80);

struct SchedId {
    std::uint32_t sched_id;
};

struct GetDomainInfoList {
    std::uint16_t first_domain, pad1;
    std::uint32_t max_domains;
    std::uint64_t buffer;
    std::uint32_t num_domains, pad2;
};
static_assert(sizeof(GetDomainInfoList) == 24);

struct DebugKeys {
    std::uint64_t keys;
    std::uint32_t nr_keys, pad;
};
static_assert(sizeof(DebugKeys) == 16);

struct CpuTopo {
    std::uint32_t core, socket, node;
};
static_assert(sizeof(CpuTopo) == 12);
struct CpuTopoInfo {
    std::uint32_t num_cpus, pad;
    std::uint64_t cputopo;
};
static_assert(sizeof(CpuTopoInfo) == 16);

struct MemInfo {
    std::uint64_t memsize, memfree;
};
struct NumaInfo {
    std::uint32_t num_nodes, pad;
    std::uint64_t meminfo, distance;
};
static_assert(sizeof(NumaInfo) == 24);

struct CpupoolOp {
    std::uint32_t op, cpupool_id, sched_id, domid, cpu, n_dom;
    Bitmap cpumap;
};
static_assert(sizeof(CpupoolOp) == 40);

/// What a scheduler has for all of a pool.
struct PoolSchedulerOp {
    std::uint32_t cpupool_id, sched_id, cmd, pad;
    union {
        struct {
            std::uint32_t tslice_ms, ratelimit_us, vcpu_migr_delay_us;
        } credit;
        struct {
            std::uint32_t ratelimit_us;
        } credit2;
        std::array<std::byte, 16> bytes;
    };
};
static_assert(sizeof(PoolSchedulerOp) == 32 && offsetof(PoolSchedulerOp, credit) == 16);

}  // namespace zeroth::xenabi
