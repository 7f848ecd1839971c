// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/sim/cpupool.hpp"

#include <algorithm>
#include <cerrno>

#include "libdomain/hypervisor/abi/numbers.hpp"
#include "libdomain/hypervisor/sim/domctl.hpp"
#include "libdomain/hypervisor/sim/state.hpp"

namespace zeroth::hyper::sim {
namespace {

using xenabi::CpupoolOp;
namespace ops = xenabi::cpupool;

constexpr std::uint32_t kAnyCpu = 0xffffffff;

std::uint32_t domains_in(const State& state, std::uint32_t pool) {
    return static_cast<std::uint32_t>(std::ranges::count_if(
        state.domains, [&](const auto& row) { return row.second.config.cpupool_id == pool; }));
}

bool is_free(const State& state, std::size_t cpu) {
    return std::ranges::none_of(state.pools,
                                [&](const auto& row) { return row.second.cpus.at(cpu); });
}

CpuMap free_map(const State& state) {
    CpuMap map(state.options.cpus);
    for (std::size_t cpu = 0; cpu < map.size(); ++cpu) map[cpu] = is_free(state, cpu);
    return map;
}

bool is_known(std::uint32_t scheduler) {
    return scheduler >= xenabi::scheduler::kCredit && scheduler <= xenabi::scheduler::kNull;
}

long create(State& state, CpupoolOp& body) {
    if (!is_known(body.sched_id)) return -ENOENT;
    if (body.cpupool_id != xenabi::kAnyCpupool && state.pools.contains(body.cpupool_id)) {
        return -EEXIST;
    }
    if (body.cpupool_id == xenabi::kAnyCpupool) {
        body.cpupool_id = 0;
        while (state.pools.contains(body.cpupool_id)) ++body.cpupool_id;
    }
    state.pools[body.cpupool_id] = {body.sched_id, CpuMap(state.options.cpus)};
    return 0;
}

long add_cpu(State& state, CpuPool& pool, const CpupoolOp& body) {
    const auto free = free_map(state);
    auto cpu = std::size_t{body.cpu};
    if (body.cpu == kAnyCpu)
        cpu = static_cast<std::size_t>(std::ranges::find(free, true) - free.begin());
    if (cpu >= free.size()) return body.cpu == kAnyCpu ? -ENODEV : -EINVAL;
    if (!free[cpu]) return -EBUSY;
    pool.cpus[cpu] = true;
    return 0;
}

long remove_cpu(State& state, CpuPool& pool, const CpupoolOp& body) {
    if (body.cpu >= pool.cpus.size()) return -EINVAL;
    if (!pool.cpus[body.cpu]) return -EADDRNOTAVAIL;
    const auto domains = domains_in(state, body.cpupool_id);
    if (std::ranges::count(pool.cpus, true) == 1 && domains > 0) return -EBUSY;
    pool.cpus[body.cpu] = false;
    for (auto& [id, domain] : state.domains) {
        if (domain.config.cpupool_id == body.cpupool_id) settle_vcpus(pool, domain);
    }
    return 0;
}

long move_domain(State& state, const CpuPool& pool, const CpupoolOp& body) {
    if (body.domid == 0) return -EINVAL;
    auto* const domain = state.find(DomainId{static_cast<std::uint16_t>(body.domid)});
    if (domain == nullptr) return -ESRCH;
    if (domain->config.cpupool_id == body.cpupool_id) return 0;
    if (std::ranges::find(pool.cpus, true) == pool.cpus.end()) return -ENOENT;
    domain->config.cpupool_id = body.cpupool_id;
    domain->sched = default_scheduling(pool.scheduler);
    settle_vcpus(pool, *domain);
    return 0;
}

long info(State& state, CpupoolOp& body) {
    const auto pool = state.pools.lower_bound(body.cpupool_id);
    if (pool == state.pools.end()) return -ENOENT;
    body.cpupool_id = pool->first;
    body.sched_id = pool->second.scheduler;
    body.n_dom = domains_in(state, pool->first);
    return write_map(state, body.cpumap, pool->second.cpus) ? 0 : -EFAULT;
}

long change(State& state, const CpupoolOp& body) {
    const auto pool = state.pools.find(body.cpupool_id);
    if (pool == state.pools.end()) return -ENOENT;
    switch (body.op) {
        case ops::kAddCpu:
            return add_cpu(state, pool->second, body);
        case ops::kRemoveCpu:
            return remove_cpu(state, pool->second, body);
        case ops::kMoveDomain:
            return move_domain(state, pool->second, body);
        default:
            break;
    }
    const bool has_cpus = std::ranges::find(pool->second.cpus, true) != pool->second.cpus.end();
    if (has_cpus || domains_in(state, body.cpupool_id) > 0) return -EBUSY;
    state.pools.erase(pool);
    return 0;
}

}  // namespace

xenabi::SchedulerOp default_scheduling(std::uint32_t scheduler) {
    xenabi::SchedulerOp op{};
    op.sched_id = scheduler;
    if (scheduler == xenabi::scheduler::kRtds)
        op.rtds = {10000, 4000, 1};
    else
        op.credit = {256, 0};
    return op;
}

void settle_vcpus(const CpuPool& pool, Domain& domain) {
    for (auto& vcpu : domain.vcpus) {
        if (!vcpu) continue;
        CpuMap usable = pool.cpus;
        for (std::size_t cpu = 0; cpu < usable.size(); ++cpu) {
            usable[cpu] = usable[cpu] && vcpu->hard.at(cpu);
        }
        // Xen breaks an affinity that leaves nothing.
        if (std::ranges::find(usable, true) == usable.end()) {
            vcpu->hard = CpuMap(usable.size(), true);
            usable = pool.cpus;
        }
        const auto first = std::ranges::find(usable, true);
        if (first != usable.end() && !usable.at(vcpu->cpu)) {
            vcpu->cpu = static_cast<std::uint32_t>(first - usable.begin());
        }
    }
}

long cpupool_op(State& state, CpupoolOp& body) {
    switch (body.op) {
        case ops::kCreate:
            return create(state, body);
        case ops::kInfo:
            return info(state, body);
        case ops::kFreeInfo:
            return write_map(state, body.cpumap, free_map(state)) ? 0 : -EFAULT;
        case ops::kDestroy:
        case ops::kAddCpu:
        case ops::kRemoveCpu:
        case ops::kMoveDomain:
            return change(state, body);
        default:
            return -ENOSYS;
    }
}

long pool_scheduler_op(State& state, xenabi::PoolSchedulerOp& body) {
    constexpr std::uint32_t kLongestSlice = 1000, kLongestDelay = 100'000;
    constexpr std::uint32_t kLeastLimit = 100, kMostLimit = 500'000;
    const auto found = state.pools.find(body.cpupool_id);
    if (found == state.pools.end()) return -ESRCH;
    auto& pool = found->second;
    const bool credit = pool.scheduler == xenabi::scheduler::kCredit;
    if (body.sched_id != pool.scheduler) return -EINVAL;
    if (!credit && pool.scheduler != xenabi::scheduler::kCredit2) return -EOPNOTSUPP;
    if (body.cmd == xenabi::schedop::kPutInfo) {
        const auto limit = credit ? body.credit.ratelimit_us : body.credit2.ratelimit_us;
        if (limit != 0 && (limit < kLeastLimit || limit > kMostLimit)) return -EINVAL;
        if (credit && (body.credit.tslice_ms == 0 || body.credit.tslice_ms > kLongestSlice ||
                       body.credit.vcpu_migr_delay_us > kLongestDelay ||
                       limit > body.credit.tslice_ms * 1000)) {
            return -EINVAL;
        }
        pool.ratelimit_us = limit;
        if (credit) {
            pool.timeslice_ms = body.credit.tslice_ms;
            pool.migration_delay_us = body.credit.vcpu_migr_delay_us;
        }
    }
    if (credit)
        body.credit = {pool.timeslice_ms, pool.ratelimit_us, pool.migration_delay_us};
    else
        body.credit2 = {pool.ratelimit_us};
    return 0;
}

}  // namespace zeroth::hyper::sim
