// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/abi/numbers.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace zeroth::xenabi {
namespace {

template <class Command>
using Name = std::pair<Command, std::string_view>;

template <class Command, std::size_t Size>
std::string_view find(const std::array<Name<Command>, Size>& names, Command cmd,
                      std::string_view otherwise) {
    const auto found = std::ranges::find(names, cmd, &Name<Command>::first);
    return found == names.end() ? otherwise : found->second;
}

constexpr std::array kDomctlNames{
    Name<Domctl>{Domctl::kCreateDomain, "XEN_DOMCTL_createdomain"},
    Name<Domctl>{Domctl::kDestroyDomain, "XEN_DOMCTL_destroydomain"},
    Name<Domctl>{Domctl::kPauseDomain, "XEN_DOMCTL_pausedomain"},
    Name<Domctl>{Domctl::kUnpauseDomain, "XEN_DOMCTL_unpausedomain"},
    Name<Domctl>{Domctl::kGetDomainInfo, "XEN_DOMCTL_getdomaininfo"},
    Name<Domctl>{Domctl::kSetVcpuAffinity, "XEN_DOMCTL_setvcpuaffinity"},
    Name<Domctl>{Domctl::kMaxMem, "XEN_DOMCTL_max_mem"},
    Name<Domctl>{Domctl::kSetVcpuContext, "XEN_DOMCTL_setvcpucontext"},
    Name<Domctl>{Domctl::kGetVcpuContext, "XEN_DOMCTL_getvcpucontext"},
    Name<Domctl>{Domctl::kGetVcpuInfo, "XEN_DOMCTL_getvcpuinfo"},
    Name<Domctl>{Domctl::kMaxVcpus, "XEN_DOMCTL_max_vcpus"},
    Name<Domctl>{Domctl::kSchedulerOp, "XEN_DOMCTL_scheduler_op"},
    Name<Domctl>{Domctl::kSetDomainHandle, "XEN_DOMCTL_setdomainhandle"},
    Name<Domctl>{Domctl::kIomemPermission, "XEN_DOMCTL_iomem_permission"},
    Name<Domctl>{Domctl::kGetVcpuAffinity, "XEN_DOMCTL_getvcpuaffinity"},
    Name<Domctl>{Domctl::kSendTrigger, "XEN_DOMCTL_sendtrigger"},
    Name<Domctl>{Domctl::kSetAddressSize, "XEN_DOMCTL_set_address_size"},
    Name<Domctl>{Domctl::kAssignDevice, "XEN_DOMCTL_assign_device"},
    Name<Domctl>{Domctl::kBindPtIrq, "XEN_DOMCTL_bind_pt_irq"},
    Name<Domctl>{Domctl::kMemoryMapping, "XEN_DOMCTL_memory_mapping"},
    Name<Domctl>{Domctl::kGetNodeAffinity, "XEN_DOMCTL_getnodeaffinity"},
    Name<Domctl>{Domctl::kCacheFlush, "XEN_DOMCTL_cacheflush"},
    Name<Domctl>{Domctl::kVuartOp, "XEN_DOMCTL_vuart_op"},
    Name<Domctl>{Domctl::kGetPagingMempoolSize, "XEN_DOMCTL_get_paging_mempool_size"},
    Name<Domctl>{Domctl::kSetPagingMempoolSize, "XEN_DOMCTL_set_paging_mempool_size"},
    Name<Domctl>{Domctl::kSetLlcColors, "XEN_DOMCTL_set_llc_colors"},
};

constexpr std::array kSysctlNames{
    Name<Sysctl>{Sysctl::kReadConsole, "XEN_SYSCTL_readconsole"},
    Name<Sysctl>{Sysctl::kPhysInfo, "XEN_SYSCTL_physinfo"},
    Name<Sysctl>{Sysctl::kSchedId, "XEN_SYSCTL_sched_id"},
    Name<Sysctl>{Sysctl::kGetDomainInfoList, "XEN_SYSCTL_getdomaininfolist"},
    Name<Sysctl>{Sysctl::kDebugKeys, "XEN_SYSCTL_debug_keys"},
    Name<Sysctl>{Sysctl::kCpuTopoInfo, "XEN_SYSCTL_cputopoinfo"},
    Name<Sysctl>{Sysctl::kNumaInfo, "XEN_SYSCTL_numainfo"},
    Name<Sysctl>{Sysctl::kCpupoolOp, "XEN_SYSCTL_cpupool_op"},
    Name<Sysctl>{Sysctl::kSchedulerOp, "XEN_SYSCTL_scheduler_op"},
};

constexpr std::array kVersionNames{
    Name<Version>{Version::kVersion, "XENVER_version"},
    Name<Version>{Version::kExtraVersion, "XENVER_extraversion"},
    Name<Version>{Version::kCompileInfo, "XENVER_compile_info"},
    Name<Version>{Version::kCapabilities, "XENVER_capabilities"},
    Name<Version>{Version::kChangeset, "XENVER_changeset"},
    Name<Version>{Version::kPlatformParameters, "XENVER_platform_parameters"},
    Name<Version>{Version::kPageSize, "XENVER_pagesize"},
    Name<Version>{Version::kCommandLine, "XENVER_commandline"},
    Name<Version>{Version::kBuildId, "XENVER_build_id"},
    Name<Version>{Version::kExtraVersion2, "XENVER_extraversion2"},
    Name<Version>{Version::kCapabilities2, "XENVER_capabilities2"},
    Name<Version>{Version::kChangeset2, "XENVER_changeset2"},
    Name<Version>{Version::kCommandLine2, "XENVER_commandline2"},
};

}  // namespace

std::string_view name_of(Domctl cmd) { return find(kDomctlNames, cmd, "XEN_DOMCTL"); }
std::string_view name_of(Sysctl cmd) { return find(kSysctlNames, cmd, "XEN_SYSCTL"); }
std::string_view name_of(Version cmd) { return find(kVersionNames, cmd, "XENVER"); }

}  // namespace zeroth::xenabi
