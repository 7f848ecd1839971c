// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cerrno>

#include "libdomain/hypervisor/abi/numbers.hpp"
#include "libdomain/hypervisor/abi/stable.hpp"
#include "libdomain/hypervisor/sim/domctl.hpp"

namespace zeroth::hyper::sim {
namespace {

/// More extents than this and Xen could not carry the call on after a preemption.
constexpr std::uint64_t kMaxExtents = 0xffffffffU >> 6;

}  // namespace

bool populate(State& state, Domain& domain, std::uint64_t frame, unsigned order) {
    const std::uint64_t pages = std::uint64_t{1} << order;
    if (domain.dying || domain.tot_pages + pages > domain.max_pages) return false;
    if (order > state.options.largest_order) return false;
    if (!state.may_take(pages, &domain)) return false;
    const auto extent = state.free_frames.take(order);
    if (!extent) return false;
    // From here on the frames are the domain's, even if they find no place in its address space.
    append(domain.owned, *extent);
    domain.tot_pages += pages;
    state.use_claim(domain, pages);
    if (!in_range(state, frame, pages) || !take_tables(domain, frame, order)) return false;
    domain.p2m.insert(frame, *extent);
    return true;
}

namespace {

/// Xen answers with how many extents were done, whatever stopped it.
long populate_physmap(State& state, std::uint64_t address) {
    xenabi::MemoryReservation body;
    if (!state.read(address, body) || body.nr_extents > kMaxExtents) return 0;
    auto* const domain = state.find(DomainId{body.domid});
    if (domain == nullptr || body.mem_flags != 0) return 0;
    constexpr unsigned kMaxOrder = 18;
    if (body.extent_order > kMaxOrder) return 0;
    for (std::uint64_t done = 0; done < body.nr_extents; ++done) {
        std::uint64_t frame = 0;
        if (!state.read(body.extent_start + done * sizeof frame, frame) ||
            !populate(state, *domain, frame, body.extent_order)) {
            state.console.print(fmt::format("(XEN) d{}: no extent of order {} ({} of {})\n",
                                            body.domid, body.extent_order, done, body.nr_extents));
            return static_cast<long>(done);
        }
    }
    return static_cast<long>(body.nr_extents);
}

}  // namespace

long do_memory_op(State& state, std::uint32_t cmd, std::uint64_t address) {
    switch (xenabi::MemoryOp{cmd}) {
        case xenabi::MemoryOp::kPopulatePhysmap:
            return populate_physmap(state, address);
        case xenabi::MemoryOp::kMaximumGpfn:
            return maximum_gpfn(state, address);
        case xenabi::MemoryOp::kClaimPages:
            return claim_pages(state, address);
        case xenabi::MemoryOp::kAcquireResource:
            break;  // by map_resource
    }
    return -ENOSYS;
}

bool grow_grant_table(State& state, Domain& domain, std::uint64_t count) {
    if (count > domain.max_grant_frames) return false;
    while (domain.grant_frames.size() < count) {
        if (!state.may_take(1, nullptr)) return false;
        const auto frame = state.free_frames.take(0);
        if (!frame) return false;
        domain.grant_frames.push_back(frame->first);
    }
    return true;
}

}  // namespace zeroth::hyper::sim
