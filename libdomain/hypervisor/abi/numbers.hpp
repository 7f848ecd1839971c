// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

/// Xen's numbers and layouts, as bytes cross the seam. Nothing here depends on Xen's own headers:
/// those select the layouts of the machine they are compiled on, and of one release.
namespace zeroth::xenabi {

/// __HYPERVISOR_* (xen/include/public/xen.h).
enum class Op : std::uint64_t {
    kMemoryOp = 12,
    kXenVersion = 17,
    kGrantTableOp = 20,
    kSchedOp = 29,
    kEventChannelOp = 32,
    kHvmOp = 34,
    kSysctl = 35,
    kDomctl = 36,
    kHypfsOp = 42,
};

/// XEN_DOMCTL_* (domctl.h); the numbers never change between releases.
enum class Domctl : std::uint32_t {
    kCreateDomain = 1,
    kDestroyDomain = 2,
    kPauseDomain = 3,
    kUnpauseDomain = 4,
    kGetDomainInfo = 5,
    kSetVcpuAffinity = 9,
    kMaxMem = 11,
    kSetVcpuContext = 12,
    kGetVcpuContext = 13,
    kGetVcpuInfo = 14,
    kMaxVcpus = 15,
    kSchedulerOp = 16,
    kSetDomainHandle = 17,
    kIomemPermission = 20,
    kGetVcpuAffinity = 25,
    kSendTrigger = 28,
    kSetAddressSize = 35,
    kAssignDevice = 37,
    kBindPtIrq = 38,
    kMemoryMapping = 39,
    kGetNodeAffinity = 69,
    kCacheFlush = 71,
    kVuartOp = 81,
    kGetPagingMempoolSize = 85,
    kSetPagingMempoolSize = 86,
    kSetLlcColors = 89,
};

/// XEN_SYSCTL_* (sysctl.h).
enum class Sysctl : std::uint32_t {
    kReadConsole = 1,
    kPhysInfo = 3,
    kSchedId = 4,
    kGetDomainInfoList = 6,
    kDebugKeys = 7,
    kCpuTopoInfo = 16,
    kNumaInfo = 17,
    kCpupoolOp = 18,
    kSchedulerOp = 19,
};

/// XENVER_* (version.h). The last four have no length limit, and exist from 4.20.
enum class Version : std::uint32_t {
    kVersion = 0,
    kExtraVersion = 1,
    kCompileInfo = 2,
    kCapabilities = 3,
    kChangeset = 4,
    kPlatformParameters = 5,
    kPageSize = 7,
    kCommandLine = 9,
    kBuildId = 10,
    kExtraVersion2 = 11,
    kCapabilities2 = 12,
    kChangeset2 = 13,
    kCommandLine2 = 14,
};

/// XENMEM_* (memory.h).
enum class MemoryOp : std::uint32_t {
    kPopulatePhysmap = 6,
    kMaximumGpfn = 14,
    kClaimPages = 24,
    kAcquireResource = 28
};
/// SCHEDOP_* (sched.h).
enum class SchedOp : std::uint32_t { kRemoteShutdown = 4 };
/// EVTCHNOP_* (event_channel.h).
enum class EventChannelOp : std::uint32_t { kAllocUnbound = 6 };
/// HVMOP_* (hvm/hvm_op.h).
enum class HvmOp : std::uint32_t { kSetParam = 0, kGetParam = 1 };

/// XEN_DOMCTL_CDF_*: flags of createdomain.
namespace cdf {
inline constexpr std::uint32_t kHvm = 0x1;
inline constexpr std::uint32_t kHap = 0x2;
inline constexpr std::uint32_t kXsDomain = 0x10;
inline constexpr std::uint32_t kIommu = 0x20;
inline constexpr std::uint32_t kVpmu = 0x80;
inline constexpr std::uint32_t kTrapUnmappedAccesses = 0x100;  // from 4.21
}  // namespace cdf

/// XEN_DOMINF_*: flags of getdomaininfo.
namespace dominf {
inline constexpr std::uint32_t kDying = 0x1;
inline constexpr std::uint32_t kHvm = 0x2;
inline constexpr std::uint32_t kShutdown = 0x4;
inline constexpr std::uint32_t kPaused = 0x8;
inline constexpr std::uint32_t kBlocked = 0x10;
inline constexpr std::uint32_t kRunning = 0x20;
inline constexpr std::uint32_t kXsDomain = 0x80;
inline constexpr std::uint32_t kHap = 0x100;
inline constexpr unsigned kShutdownShift = 16;
inline constexpr std::uint32_t kShutdownMask = 0xff;
}  // namespace dominf

/// XEN_VCPUAFFINITY_*.
namespace affinity {
inline constexpr std::uint32_t kHard = 1;
inline constexpr std::uint32_t kSoft = 2;
inline constexpr std::uint32_t kForce = 4;
}  // namespace affinity

/// XEN_DOMCTL_SCHEDOP_*.
namespace schedop {
inline constexpr std::uint32_t kPutInfo = 0;
inline constexpr std::uint32_t kGetInfo = 1;
inline constexpr std::uint32_t kPutVcpuInfo = 2;
inline constexpr std::uint32_t kGetVcpuInfo = 3;
}  // namespace schedop

/// XEN_SCHEDULER_*.
namespace scheduler {
inline constexpr std::uint32_t kCredit = 5;
inline constexpr std::uint32_t kCredit2 = 6;
inline constexpr std::uint32_t kArinc653 = 7;
inline constexpr std::uint32_t kRtds = 8;
inline constexpr std::uint32_t kNull = 9;
}  // namespace scheduler

/// XEN_SYSCTL_CPUPOOL_OP_*.
namespace cpupool {
inline constexpr std::uint32_t kCreate = 1;
inline constexpr std::uint32_t kDestroy = 2;
inline constexpr std::uint32_t kInfo = 3;
inline constexpr std::uint32_t kAddCpu = 4;
inline constexpr std::uint32_t kRemoveCpu = 5;
inline constexpr std::uint32_t kMoveDomain = 6;
inline constexpr std::uint32_t kFreeInfo = 7;
}  // namespace cpupool

inline constexpr std::uint32_t kResourceGrantTable = 1;  // XENMEM_resource_grant_table
inline constexpr std::uint32_t kGrantTableShared = 0;    // ..._id_shared
inline constexpr std::uint16_t kGrantPermitAccess = 1;   // GTF_permit_access
inline constexpr std::uint32_t kGuestContextOnline = 1;  // VGCF_online
inline constexpr std::uint32_t kPtIrqTypeSpi = 4;        // PT_IRQ_TYPE_SPI
inline constexpr std::uint32_t kDeviceDt = 1;            // XEN_DOMCTL_DEV_DT
inline constexpr std::uint32_t kDefaultGrantFrames = 0xffffffff;
/// XEN_SYSCTL_CPUPOOL_PAR_ANY.
inline constexpr std::uint32_t kAnyCpupool = 0xffffffff;

/// Limits inside the hypervisor.
inline constexpr std::uint64_t kMaxCacheFlushPages = 1U << 18;
inline constexpr std::uint64_t kMaxMappingPages = 64;

/// Xen's own words: "XEN_DOMCTL_max_vcpus"; "XEN_DOMCTL" for a number that nobody named here.
std::string_view name_of(Domctl cmd);
std::string_view name_of(Sysctl cmd);
std::string_view name_of(Version cmd);

}  // namespace zeroth::xenabi
