// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/sim/domctl.hpp"

#include <cerrno>

#include "libdomain/hypervisor/abi/numbers.hpp"

namespace zeroth::hyper::sim {
namespace {

using xenabi::Domctl;

/// Up to this release the next domain was answered for one that does not exist.
constexpr std::uint32_t kLastThatGuesses = 17;

long dispatch(DomctlCall& call) {
    switch (Domctl{call.bytes.header.cmd}) {
        case Domctl::kCreateDomain:
            return create_domain(call.state, call.bytes);
        case Domctl::kDestroyDomain:
            return destroy_domain(call.state, call.domain);
        case Domctl::kPauseDomain:
            return pause_domain(call);
        case Domctl::kUnpauseDomain:
            return unpause_domain(call);
        case Domctl::kGetDomainInfo:
            return get_domain_info(call);
        case Domctl::kSetVcpuAffinity:
            return set_vcpu_affinity(call);
        case Domctl::kGetVcpuAffinity:
            return get_vcpu_affinity(call);
        case Domctl::kMaxMem:
            return max_mem(call);
        case Domctl::kSetVcpuContext:
            return set_vcpu_context(call);
        case Domctl::kGetVcpuInfo:
            return get_vcpu_info(call);
        case Domctl::kMaxVcpus:
            return max_vcpus(call);
        case Domctl::kSchedulerOp:
            return scheduler_op(call);
        case Domctl::kIomemPermission:
            return iomem_permission(call);
        case Domctl::kSetAddressSize:
            return set_address_size(call);
        case Domctl::kAssignDevice:
            return assign_device(call);
        case Domctl::kBindPtIrq:
            return bind_pt_irq(call);
        case Domctl::kMemoryMapping:
            return memory_mapping(call);
        case Domctl::kCacheFlush:
            return cache_flush(call);
        case Domctl::kVuartOp:
            return vuart_op(call);
        case Domctl::kGetPagingMempoolSize:
            return get_paging_mempool(call);
        case Domctl::kSetPagingMempoolSize:
            return set_paging_mempool(call);
        case Domctl::kSetLlcColors:
            return set_llc_colors(call);
        case Domctl::kGetVcpuContext:
            break;
    }
    return -ENOSYS;
}

Domain* domain_of(State& state, const xenabi::DomctlHeader& header) {
    const DomainId id{header.domain};
    if (Domctl{header.cmd} == Domctl::kCreateDomain) return state.find(kDomain0);  // not looked at
    auto* const found = state.find(id);
    const bool guesses = Domctl{header.cmd} == Domctl::kGetDomainInfo &&
                         state.layouts->minor <= kLastThatGuesses &&
                         id.raw() < kFirstReservedDomain;
    if (found != nullptr || !guesses) return found;
    const auto next = state.domains.lower_bound(id);
    return next == state.domains.end() ? nullptr : &next->second;
}

}  // namespace

long do_domctl(State& state, std::uint64_t address) {
    xenabi::DomctlBytes bytes;
    if (!state.read(address, bytes)) return -EFAULT;
    if (bytes.header.interface_version != state.domctl_version()) return -EACCES;
    auto* const domain = domain_of(state, bytes.header);
    if (domain == nullptr) return -ESRCH;
    DomctlCall call{state, *domain, bytes};
    const long result = dispatch(call);
    if (result >= 0 && !state.write(address, bytes)) return -EFAULT;
    return result;
}

}  // namespace zeroth::hyper::sim
