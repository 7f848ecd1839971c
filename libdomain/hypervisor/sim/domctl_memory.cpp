// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cerrno>

#include "core/units.hpp"
#include "libdomain/hypervisor/abi/numbers.hpp"
#include "libdomain/hypervisor/sim/domctl.hpp"

namespace zeroth::hyper::sim {
namespace {

constexpr std::uint32_t kFirstWithLlc = 20;
constexpr unsigned kMiddleOrder = 9, kUpperOrder = 18;

}  // namespace

long resize_pool(State& state, Domain& domain, std::uint64_t pages) {
    if (pages > domain.pool_pages) {
        if (!state.may_take(pages - domain.pool_pages, nullptr)) return -ENOMEM;
        auto more = state.free_frames.take_any(pages - domain.pool_pages);
        if (!more) return -ENOMEM;
        domain.pool.insert(domain.pool.end(), more->begin(), more->end());
        domain.pool_pages = pages;
        return 0;
    }
    if (pages < domain.tables.size()) return -ENOMEM;
    while (domain.pool_pages > pages) {
        auto& last = domain.pool.back();
        const auto count = std::min(last.count, domain.pool_pages - pages);
        last.count -= count;
        domain.pool_pages -= count;
        state.free_frames.give(FrameRange{last.first + last.count, count});
        if (last.count == 0) domain.pool.pop_back();
    }
    return 0;
}

bool take_tables(Domain& domain, std::uint64_t guest_frame, unsigned order) {
    const auto take = [&](unsigned level) {
        const std::pair table{level, guest_frame >> level};
        if (domain.tables.contains(table)) return true;
        if (domain.tables.size() >= domain.pool_pages) return false;
        domain.tables.insert(table);
        return true;
    };
    // A mapping of 1 GiB is an entry of the root table, which is no page of the pool.
    if (order < kUpperOrder && !take(kUpperOrder)) return false;
    return order >= kMiddleOrder || take(kMiddleOrder);
}

bool in_range(const State& state, std::uint64_t guest_frame, std::uint64_t count) {
    const auto end = std::uint64_t{1} << (state.options.gpaddr_bits - kPageShift);
    return guest_frame < end && count <= end - guest_frame;
}

long max_mem(DomctlCall& call) {
    constexpr std::uint64_t kMost = 0xffffffff;
    call.domain.max_pages = std::min(to_pages(KiB{call.body<xenabi::MaxMem>().max_memkb}), kMost);
    return 0;
}

long set_paging_mempool(DomctlCall& call) {
    const auto size = call.body<xenabi::PagingMempool>().size;
    if (size % kPageSize != 0) return -EINVAL;
    return resize_pool(call.state, call.domain, size >> kPageShift);
}

long get_paging_mempool(DomctlCall& call) {
    call.put(xenabi::PagingMempool{call.domain.pool_pages << kPageShift});
    return 0;
}

long cache_flush(DomctlCall& call) {
    const auto body = call.body<xenabi::CacheFlush>();
    if (body.nr_pfns > xenabi::kMaxCacheFlushPages) return -EINVAL;
    return body.start_pfn + body.nr_pfns < body.start_pfn ? -EINVAL : 0;
}

long set_llc_colors(DomctlCall& call) {
    if (call.state.layouts->minor < kFirstWithLlc) return -ENOSYS;
    const auto body = call.body<xenabi::SetLlcColors>();
    if (body.pad != 0) return -EINVAL;
    if (!call.state.options.llc_coloring) return -EOPNOTSUPP;
    if (call.domain.tot_pages != 0) return -EEXIST;
    const auto size = body.num_llc_colors * sizeof(std::uint32_t);
    return size > 0 && call.state.guest_bytes(body.llc_colors, size).empty() ? -EFAULT : 0;
}

}  // namespace zeroth::hyper::sim
