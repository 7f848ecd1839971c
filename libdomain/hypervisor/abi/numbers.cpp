// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/abi/numbers.hpp"

namespace zeroth::xenabi {

std::string_view name_of(Domctl cmd) {
    switch (cmd) {
        case Domctl::kCreateDomain:
            return "XEN_DOMCTL_createdomain";
        case Domctl::kDestroyDomain:
            return "XEN_DOMCTL_destroydomain";
        case Domctl::kPauseDomain:
            return "XEN_DOMCTL_pausedomain";
        case Domctl::kUnpauseDomain:
            return "XEN_DOMCTL_unpausedomain";
        case Domctl::kGetDomainInfo:
            return "XEN_DOMCTL_getdomaininfo";
        case Domctl::kSetVcpuAffinity:
            return "XEN_DOMCTL_setvcpuaffinity";
        case Domctl::kMaxMem:
            return "XEN_DOMCTL_max_mem";
        case Domctl::kSetVcpuContext:
            return "XEN_DOMCTL_setvcpucontext";
        case Domctl::kGetVcpuContext:
            return "XEN_DOMCTL_getvcpucontext";
        case Domctl::kGetVcpuInfo:
            return "XEN_DOMCTL_getvcpuinfo";
        case Domctl::kMaxVcpus:
            return "XEN_DOMCTL_max_vcpus";
        case Domctl::kSchedulerOp:
            return "XEN_DOMCTL_scheduler_op";
        case Domctl::kIomemPermission:
            return "XEN_DOMCTL_iomem_permission";
        case Domctl::kGetVcpuAffinity:
            return "XEN_DOMCTL_getvcpuaffinity";
        case Domctl::kSetAddressSize:
            return "XEN_DOMCTL_set_address_size";
        case Domctl::kAssignDevice:
            return "XEN_DOMCTL_assign_device";
        case Domctl::kBindPtIrq:
            return "XEN_DOMCTL_bind_pt_irq";
        case Domctl::kMemoryMapping:
            return "XEN_DOMCTL_memory_mapping";
        case Domctl::kCacheFlush:
            return "XEN_DOMCTL_cacheflush";
        case Domctl::kVuartOp:
            return "XEN_DOMCTL_vuart_op";
        case Domctl::kGetPagingMempoolSize:
            return "XEN_DOMCTL_get_paging_mempool_size";
        case Domctl::kSetPagingMempoolSize:
            return "XEN_DOMCTL_set_paging_mempool_size";
        case Domctl::kSetLlcColors:
            return "XEN_DOMCTL_set_llc_colors";
    }
    return "XEN_DOMCTL";
}

std::string_view name_of(Sysctl cmd) {
    switch (cmd) {
        case Sysctl::kReadConsole:
            return "XEN_SYSCTL_readconsole";
        case Sysctl::kPhysInfo:
            return "XEN_SYSCTL_physinfo";
        case Sysctl::kSchedId:
            return "XEN_SYSCTL_sched_id";
        case Sysctl::kGetDomainInfoList:
            return "XEN_SYSCTL_getdomaininfolist";
        case Sysctl::kDebugKeys:
            return "XEN_SYSCTL_debug_keys";
        case Sysctl::kCpuTopoInfo:
            return "XEN_SYSCTL_cputopoinfo";
        case Sysctl::kNumaInfo:
            return "XEN_SYSCTL_numainfo";
        case Sysctl::kCpupoolOp:
            return "XEN_SYSCTL_cpupool_op";
    }
    return "XEN_SYSCTL";
}

std::string_view name_of(Version cmd) {
    switch (cmd) {
        case Version::kVersion:
            return "XENVER_version";
        case Version::kExtraVersion:
            return "XENVER_extraversion";
        case Version::kCompileInfo:
            return "XENVER_compile_info";
        case Version::kCapabilities:
            return "XENVER_capabilities";
        case Version::kChangeset:
            return "XENVER_changeset";
        case Version::kPlatformParameters:
            return "XENVER_platform_parameters";
        case Version::kPageSize:
            return "XENVER_pagesize";
        case Version::kCommandLine:
            return "XENVER_commandline";
        case Version::kBuildId:
            return "XENVER_build_id";
        case Version::kExtraVersion2:
            return "XENVER_extraversion2";
        case Version::kCapabilities2:
            return "XENVER_capabilities2";
        case Version::kChangeset2:
            return "XENVER_changeset2";
        case Version::kCommandLine2:
            return "XENVER_commandline2";
    }
    return "XENVER";
}

}  // namespace zeroth::xenabi
