// SPDX-License-Identifier: Apache-2.0
// Memory that is set aside for a domain before it is populated (Xen's
// domain_set_outstanding_pages).
#include <algorithm>
#include <cerrno>

#include "libdomain/hypervisor/abi/numbers.hpp"
#include "libdomain/hypervisor/abi/stable.hpp"
#include "libdomain/hypervisor/sim/state.hpp"

namespace zeroth::hyper::sim {

bool State::may_take(std::uint64_t pages, const Domain* claimant) const {
    if (claimed_pages + pages <= free_frames.count()) return true;
    return claimant != nullptr && claimant->outstanding_pages >= pages;
}

void State::use_claim(Domain& domain, std::uint64_t pages) {
    const auto used = std::min(pages, domain.outstanding_pages);
    domain.outstanding_pages -= used;
    claimed_pages -= used;
}

long claim_pages(State& state, std::uint64_t address) {
    xenabi::MemoryReservation body;
    if (!state.read(address, body)) return -EFAULT;
    if (body.extent_start != 0 || body.extent_order != 0 || body.mem_flags != 0) return -EINVAL;
    auto* const domain = state.find(DomainId{body.domid});
    if (domain == nullptr) return -EINVAL;
    const auto pages = body.nr_extents;
    if (pages == 0) {
        state.use_claim(*domain, domain->outstanding_pages);
        return 0;
    }
    if (domain->outstanding_pages > 0) return -EINVAL;
    if (pages <= domain->tot_pages || pages > domain->max_pages) return -EINVAL;
    const auto claim = pages - domain->tot_pages;
    if (state.claimed_pages + claim > state.free_frames.count()) return -ENOMEM;
    domain->outstanding_pages = claim;
    state.claimed_pages += claim;
    return 0;
}

long maximum_gpfn(State& state, std::uint64_t address) {
    xenabi::MemoryDomain body;
    if (!state.read(address, body)) return -EFAULT;
    const auto* const domain = state.find(DomainId{body.domid});
    if (domain == nullptr) return -ESRCH;
    return static_cast<long>(domain->p2m.highest_ever());
}

}  // namespace zeroth::hyper::sim
