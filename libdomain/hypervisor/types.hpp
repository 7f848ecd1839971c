// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/ids.hpp"
#include "core/units.hpp"
#include "core/uuid.hpp"

/// What hypercalls take and give, free of any release's layout (abi/ knows those).
namespace zeroth::hyper {

/// XENVER_*: what the hypervisor says of itself.
struct XenVersion {
    std::uint32_t major = 0, minor = 0;
    std::string extra, changeset, capabilities, commandline, build_id;
    std::string compiler, compile_by, compile_domain, compile_date;
    std::uint64_t virt_start = 0;
    std::uint32_t page_size = 0;
    /// Interface versions in force (reference I.1).
    std::uint32_t domctl = 0, sysctl = 0;
};

/// XEN_SYSCTL_physinfo.
struct PhysInfo {
    std::uint32_t threads_per_core = 0, cores_per_socket = 0, nr_cpus = 0, max_cpu_id = 0,
                  nr_nodes = 0, max_node_id = 0, cpu_khz = 0, capabilities = 0,
                  arch_capabilities = 0;
    std::uint64_t total_pages = 0, free_pages = 0, scrub_pages = 0, outstanding_pages = 0;
    std::array<std::uint32_t, 8> hw_cap{};
};

/// XEN_SYSCTL_cputopoinfo, one per CPU.
struct CpuTopology {
    std::uint32_t core = 0, socket = 0, node = 0;
};

/// What can be changed of Xen's command line while it runs: "loglvl", "warning/all".
struct Parameter {
    std::string name, value;
    bool writable = false;
};

/// XEN_SYSCTL_numainfo, one per node.
struct NumaNode {
    Bytes size, free;
    std::vector<std::uint32_t> distances;
};

enum class ShutdownReason : std::uint8_t {
    kPoweroff = 0,
    kReboot = 1,
    kSuspend = 2,
    kCrash = 3,
    kWatchdog = 4,
    kSoftReset = 5,
};

/// XEN_DOMCTL_getdomaininfo / XEN_SYSCTL_getdomaininfolist, one per domain.
struct DomainInfo {
    DomainId id;
    Uuid handle;
    bool dying = false, shutdown = false, paused = false, blocked = false, running = false,
         hvm = false, xs_domain = false;
    /// Meaningful when `shutdown`; values Xen may add later are kept as they are.
    std::uint8_t shutdown_code = 0;
    std::uint64_t tot_pages = 0, max_pages = 0, outstanding_pages = 0;
    GuestFrame shared_info_frame;
    std::chrono::nanoseconds cpu_time{};
    std::uint32_t nr_online_vcpus = 0, max_vcpu_id = 0, ssidref = 0;
    CpupoolId cpupool;
    std::uint8_t gpaddr_bits = 0;
};

/// XEN_DOMCTL_getvcpuinfo.
struct VcpuInfo {
    bool online = false, blocked = false, running = false;
    std::chrono::nanoseconds cpu_time{};
    PcpuId cpu;
};

/// One flag per physical CPU.
using CpuMap = std::vector<bool>;

/// XEN_DOMCTL_createdomain, of any release: members a release lacks must have their default value,
/// or the call is refused before it is made, saying which release has them.
struct DomainSpec {
    std::uint32_t ssidref = 0;
    Uuid handle;
    bool iommu = false, vpmu = false, xs_domain = false;
    /// CDF_trap_unmapped_accesses, from 4.21; nullopt is the release's own behaviour.
    std::optional<bool> trap_unmapped_accesses;
    std::uint32_t max_vcpus = 1, max_evtchn_port = 1023;
    /// nullopt: the hypervisor's default.
    std::optional<std::uint32_t> max_grant_frames, max_maptrack_frames;
    std::uint32_t max_grant_version = 1;
    CpupoolId cpupool;
    enum class Gic : std::uint8_t { kNative = 0, kV2 = 1, kV3 = 2 };
    Gic gic = Gic::kNative;
    /// Vector length in units of 128 bits, 0 for none (from 4.18).
    std::uint8_t sve_vl = 0;
    /// 0 none, 1 OP-TEE, 2 FF-A.
    std::uint16_t tee_type = 0;
    std::uint32_t nr_spis = 0;
    /// 0 none, 1 SCMI over SMC (from 4.21).
    std::uint8_t arm_sci_type = 0;
};

/// What createdomain wrote back.
struct CreatedDomain {
    DomainId id;
    DomainSpec::Gic gic = DomainSpec::Gic::kNative;
    std::uint32_t clock_frequency = 0;
};

/// The registers a vCPU starts with; all others are zero (vcpu_guest_context, arch-arm.h).
struct VcpuContext {
    std::uint64_t pc = 0, cpsr = 0, sctlr = 0;
    /// x0–x3, or r0–r3 of a 32-bit guest.
    std::array<std::uint64_t, 4> arguments{};
    enum class Width { k64, k32 };
    Width width = Width::k64;
};

/// A vCPU's registers as Xen keeps them (struct vcpu_guest_context): for core files.
struct VcpuState {
    std::vector<std::byte> bytes;
    VcpuContext::Width width = VcpuContext::Width::k64;
};

/// XEN_DOMCTL_SENDTRIGGER_*.
enum class Trigger : std::uint32_t { kNmi = 0, kReset = 1, kInit = 2, kPower = 3, kSleep = 4 };

/// HVM_PARAM_* (xen/include/public/hvm/params.h).
enum class HvmParam : std::uint32_t {
    kCallbackIrq = 0,
    kStorePfn = 1,
    kStoreEvtchn = 2,
    kConsolePfn = 17,
    kConsoleEvtchn = 18,
    kMonitorRingPfn = 28,
};

/// XEN_DOMCTL_SCHEDOP_*.
struct SchedParams {
    /// XEN_SCHEDULER_*: credit 5, credit2 6, arinc653 7, rtds 8, null 9.
    std::uint32_t scheduler = 6;
    std::optional<std::uint32_t> weight, cap, period, budget;
    std::optional<bool> extratime;
};

/// What rtds gives one vCPU: `budget` of every `period`, both in microseconds.
struct VcpuSched {
    VcpuId vcpu;
    std::uint32_t period = 0, budget = 0;
    /// Whether it may have more while nobody else wants it.
    bool extratime = false;
};

/// XEN_SYSCTL_CPUPOOL_OP_INFO.
struct Cpupool {
    CpupoolId id;
    /// XEN_SCHEDULER_*.
    std::uint32_t scheduler = 0;
    /// How many domains run in it.
    std::uint32_t domains = 0;
    CpuMap cpus;
};

/// What credit and credit2 have for a whole pool; credit2 has the rate limit alone.
struct PoolScheduling {
    CpupoolId pool;
    std::uint32_t scheduler = 0;
    std::uint32_t timeslice_ms = 0, ratelimit_us = 0, migration_delay_us = 0;
};

}  // namespace zeroth::hyper
