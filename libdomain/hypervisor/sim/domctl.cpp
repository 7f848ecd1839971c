// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/sim/domctl.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include "libdomain/hypervisor/abi/numbers.hpp"

namespace zeroth::hyper::sim {
namespace {

using xenabi::Domctl;

/// Up to this release the next domain was answered for one that does not exist.
constexpr std::uint32_t kLastThatGuesses = 17;

struct Handler {
    Domctl cmd;
    long (*run)(DomctlCall& call);
};

constexpr std::array kHandlers{
    Handler{Domctl::kCreateDomain, &create_domain},
    Handler{Domctl::kDestroyDomain, &destroy_domain},
    Handler{Domctl::kPauseDomain, &pause_domain},
    Handler{Domctl::kUnpauseDomain, &unpause_domain},
    Handler{Domctl::kGetDomainInfo, &get_domain_info},
    Handler{Domctl::kSetVcpuAffinity, &set_vcpu_affinity},
    Handler{Domctl::kGetVcpuAffinity, &get_vcpu_affinity},
    Handler{Domctl::kMaxMem, &max_mem},
    Handler{Domctl::kSetVcpuContext, &set_vcpu_context},
    Handler{Domctl::kGetVcpuInfo, &get_vcpu_info},
    Handler{Domctl::kMaxVcpus, &max_vcpus},
    Handler{Domctl::kSchedulerOp, &scheduler_op},
    Handler{Domctl::kSetDomainHandle, &set_domain_handle},
    Handler{Domctl::kIomemPermission, &iomem_permission},
    Handler{Domctl::kSetAddressSize, &set_address_size},
    Handler{Domctl::kAssignDevice, &assign_device},
    Handler{Domctl::kBindPtIrq, &bind_pt_irq},
    Handler{Domctl::kMemoryMapping, &memory_mapping},
    Handler{Domctl::kCacheFlush, &cache_flush},
    Handler{Domctl::kVuartOp, &vuart_op},
    Handler{Domctl::kGetPagingMempoolSize, &get_paging_mempool},
    Handler{Domctl::kSetPagingMempoolSize, &set_paging_mempool},
    Handler{Domctl::kSetLlcColors, &set_llc_colors},
};

long dispatch(DomctlCall& call) {
    const auto handler = std::ranges::find(kHandlers, Domctl{call.bytes.header.cmd}, &Handler::cmd);
    return handler == kHandlers.end() ? -ENOSYS : handler->run(call);
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
