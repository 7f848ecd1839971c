// SPDX-License-Identifier: Apache-2.0
#include "daemon/cpus/pools.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <thread>

#include "daemon/cpus/scheduler.hpp"
#include "libdomain/config/cpu_set.hpp"

namespace zeroth::daemon {
namespace {

const CpupoolId kFirstPool{0};

std::string node_of(CpupoolId pool, std::string_view what) {
    return fmt::format("/local/pool/{}/{}", pool.raw(), what);
}

std::unexpected<Error> refuse(int code, std::string what) {
    return fail(Error::message(code, std::move(what)));
}

bool all_digits(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::vector<PcpuId> members(const hyper::CpuMap& map) {
    std::vector<PcpuId> cpus;
    for (std::uint32_t cpu = 0; cpu < map.size(); ++cpu) {
        if (map[cpu]) cpus.emplace_back(cpu);
    }
    return cpus;
}

}  // namespace

Result<std::vector<CpuPools::Named>> CpuPools::all() {
    ZEROTH_TRY(auto pools, ground_.xen.cpupools());
    std::vector<std::string> paths;
    for (const auto& pool : pools) paths.push_back(node_of(pool.id, "name"));
    ZEROTH_TRY(auto store, ground_.stores.lease());
    ZEROTH_TRY(const auto names, store->read(paths));
    std::vector<Named> named;
    for (std::size_t i = 0; i < pools.size(); ++i) {
        named.push_back(
            {std::move(pools[i]), names[i].value_or(fmt::format("Pool-{}", pools[i].id.raw()))});
    }
    return named;
}

Result<CpuPools::Named> CpuPools::find(std::string_view id_or_name) {
    ZEROTH_TRY(auto pools, all());
    const auto found = std::ranges::find_if(pools, [&](const Named& named) {
        return all_digits(id_or_name) ? fmt::to_string(named.pool.id.raw()) == id_or_name
                                      : named.name == id_or_name;
    });
    if (found == pools.end()) {
        return refuse(ESRCH, fmt::format("there is no CPU pool '{}'", id_or_name));
    }
    return std::move(*found);
}

Result<> CpuPools::check_name(std::string_view name) {
    if (name.empty()) return refuse(EINVAL, "a CPU pool needs a name");
    if (all_digits(name)) {
        return refuse(EINVAL,
                      fmt::format("a CPU pool cannot be called {}: that is a number", name));
    }
    ZEROTH_TRY(const auto pools, all());
    if (std::ranges::find(pools, name, &Named::name) != pools.end()) {
        return refuse(EEXIST, fmt::format("Pool name \"{}\" already exists", name));
    }
    return {};
}

Result<api::Cpupool> CpuPools::describe(const Named& named) {
    const auto& pool = named.pool;
    api::Cpupool out;
    out.id = pool.id.raw();
    out.name = named.name;
    out.scheduler = scheduler_name(pool.scheduler);
    out.cpus = config::print_cpu_map(pool.cpus);
    out.nr_cpus = static_cast<std::uint32_t>(std::ranges::count(pool.cpus, true));
    out.domains = pool.domains;
    if (!has_rate_limit(pool.scheduler)) return out;
    ZEROTH_TRY(const auto its, ground_.xen.pool_scheduling(pool.id, pool.scheduler));
    out.ratelimit_us = its.ratelimit_us;
    if (pool.scheduler != kCredit) return out;
    out.timeslice_ms = its.timeslice_ms;
    out.migration_delay_us = its.migration_delay_us;
    return out;
}

Result<std::vector<api::Cpupool>> CpuPools::list() {
    ZEROTH_TRY(const auto pools, all());
    std::vector<api::Cpupool> described;
    for (const auto& pool : pools) {
        ZEROTH_TRY(auto one, describe(pool));
        described.push_back(std::move(one));
    }
    return described;
}

Result<std::vector<PcpuId>> CpuPools::cpus_of(const std::string& list) {
    ZEROTH_TRY(const auto selection, config::CpuSelection::parse(list));
    ZEROTH_TRY(const auto map, config::expand(selection, ground_.facts.node_of_cpu));
    auto cpus = members(map);
    if (cpus.empty()) return refuse(EINVAL, fmt::format("\"{}\" names no CPU", list));
    return cpus;
}

Result<> CpuPools::set_name(CpupoolId pool, const std::string& name) {
    ZEROTH_TRY(auto store, ground_.stores.lease());
    return store->apply(std::vector<xs::Change>{xs::Write{node_of(pool, "name"), name}});
}

Result<> CpuPools::fill(CpupoolId pool, const std::vector<PcpuId>& cpus) {
    ZEROTH_TRY(const auto free, ground_.xen.free_cpus());
    for (const auto cpu : cpus) {
        if (cpu.raw() >= free.size() || !free[cpu.raw()]) {
            return fail(Error::message(EBUSY, fmt::format("cpu {} illegal or not free", cpu.raw()))
                            .with_hint("`xl cpupool-list -c` shows which pool has it; "
                                       "`xl cpupool-cpu-remove` frees it"));
        }
    }
    for (const auto cpu : cpus) ZEROTH_CHECK(ground_.xen.add_cpu(pool, cpu));
    return {};
}

Result<api::Cpupool> CpuPools::create(const api::CpupoolRequest& request) {
    const std::scoped_lock lock{changing_};
    ZEROTH_CHECK(check_name(request.name));
    auto scheduler = ground_.facts.scheduler;
    if (request.scheduler) {
        ZEROTH_TRY(scheduler, scheduler_number(*request.scheduler));
    }
    std::vector<PcpuId> cpus;
    if (request.cpus) {
        ZEROTH_TRY(cpus, cpus_of(*request.cpus));
    } else {
        ZEROTH_TRY(const auto free, ground_.xen.free_cpus());
        cpus = members(free);
        if (cpus.size() > 1) cpus.resize(1);
    }
    const auto created = ground_.xen.create_cpupool(scheduler);
    if (!created && created.error().is(ENOENT)) {
        return fail(Error::message(EOPNOTSUPP, fmt::format("this Xen has no scheduler {}",
                                                           scheduler_name(scheduler)))
                        .with_hint("which there are is chosen when Xen is built"));
    }
    ZEROTH_TRY(const auto id, created);
    auto made = fill(id, cpus);
    if (made) made = set_name(id, request.name);
    if (made) {
        ZEROTH_TRY(auto store, ground_.stores.lease());
        made = store->apply(
            std::vector<xs::Change>{xs::Write{node_of(id, "uuid"), Uuid::random().text()}});
    }
    if (!made) {
        // The first Error is the one to tell.
        static_cast<void>(destroy_empty(id));
        return fail(std::move(made).error());
    }
    ZEROTH_TRY(auto pool, ground_.xen.cpupool(id));
    return describe({std::move(pool), request.name});
}

Result<> CpuPools::destroy_empty(CpupoolId id) {
    ZEROTH_TRY(const auto pool, ground_.xen.cpupool(id));
    for (const auto cpu : members(pool.cpus)) ZEROTH_CHECK(remove_cpu(id, cpu));
    ZEROTH_CHECK(ground_.xen.destroy_cpupool(id));
    ZEROTH_TRY(auto store, ground_.stores.lease());
    return store->apply(
        std::vector<xs::Change>{xs::Remove{fmt::format("/local/pool/{}", id.raw())}});
}

Result<> CpuPools::destroy(std::string_view pool) {
    const std::scoped_lock lock{changing_};
    ZEROTH_TRY(const auto found, find(pool));
    if (found.pool.id == kFirstPool) {
        return refuse(EPERM, fmt::format("{} is domain 0's, and stays", found.name));
    }
    if (found.pool.domains > 0) {
        return fail(Error::message(
                        EBUSY, fmt::format("{} domain{} in {}", found.pool.domains,
                                           found.pool.domains == 1 ? " runs" : "s run", found.name))
                        .with_hint("`xl cpupool-migrate` moves a domain to another pool"));
    }
    return destroy_empty(found.pool.id);
}

Result<> CpuPools::rename(std::string_view pool, const api::RenameRequest& request) {
    const std::scoped_lock lock{changing_};
    ZEROTH_TRY(const auto found, find(pool));
    if (found.name == request.name) return {};
    ZEROTH_CHECK(check_name(request.name));
    return set_name(found.pool.id, request.name);
}

Result<> CpuPools::remove_cpu(CpupoolId pool, PcpuId cpu) {
    // What runs there has to go elsewhere first, which takes a moment: Xen says "busy" until then.
    constexpr int kTries = 40;
    constexpr std::chrono::milliseconds kMoment{5};
    for (int i = 1;; ++i) {
        auto done = ground_.xen.remove_cpu(pool, cpu);
        if (done || !done.error().is(EBUSY) || i == kTries) return done;
        std::this_thread::sleep_for(kMoment);
    }
}

Result<> CpuPools::change_cpus(std::string_view pool, const api::PoolCpusRequest& request) {
    const std::scoped_lock lock{changing_};
    ZEROTH_TRY(const auto found, find(pool));
    if (request.remove) {
        ZEROTH_TRY(const auto cpus, cpus_of(*request.remove));
        for (const auto cpu : cpus) {
            if (!found.pool.cpus[cpu.raw()]) {
                return refuse(EINVAL, fmt::format("{} has no CPU {}", found.name, cpu.raw()));
            }
        }
        const auto all = static_cast<std::size_t>(std::ranges::count(found.pool.cpus, true));
        if (cpus.size() == all && found.pool.domains > 0) {
            return refuse(EBUSY, fmt::format("{} has domains, which need a CPU", found.name));
        }
        for (const auto cpu : cpus) ZEROTH_CHECK(remove_cpu(found.pool.id, cpu));
    }
    if (request.add) {
        ZEROTH_TRY(const auto cpus, cpus_of(*request.add));
        ZEROTH_CHECK(fill(found.pool.id, cpus));
    }
    return {};
}

Result<> CpuPools::set_scheduling(std::string_view pool,
                                  const api::PoolSchedulingRequest& request) {
    const std::scoped_lock lock{changing_};
    ZEROTH_TRY(const auto found, find(pool));
    const auto scheduler = found.pool.scheduler;
    if (request.scheduler && *request.scheduler != scheduler_name(scheduler)) {
        return refuse(EINVAL, fmt::format("{} has the scheduler {}, not {}", found.name,
                                          scheduler_name(scheduler), *request.scheduler));
    }
    if (!has_rate_limit(scheduler)) {
        return refuse(EOPNOTSUPP, fmt::format("{}'s scheduler {} has nothing to set for a pool",
                                              found.name, scheduler_name(scheduler)));
    }
    if ((request.timeslice_ms || request.migration_delay_us) && scheduler != kCredit) {
        return refuse(EINVAL, "only the scheduler credit has a time slice and a migration delay");
    }
    ZEROTH_TRY(auto its, ground_.xen.pool_scheduling(found.pool.id, scheduler));
    its.timeslice_ms = request.timeslice_ms.value_or(its.timeslice_ms);
    its.ratelimit_us = request.ratelimit_us.value_or(its.ratelimit_us);
    its.migration_delay_us = request.migration_delay_us.value_or(its.migration_delay_us);
    ZEROTH_CHECK(check_pool_scheduling(its));
    return ground_.xen.set_pool_scheduling(its);
}

Result<> CpuPools::move(DomainId domain, const api::PoolChoice& choice) {
    const std::scoped_lock lock{changing_};
    if (domain == kDomain0) {
        return refuse(EPERM, "domain 0 stays in the pool that Xen started it in");
    }
    ZEROTH_TRY(const auto found, find(choice.pool));
    if (std::ranges::find(found.pool.cpus, true) == found.pool.cpus.end()) {
        return refuse(EINVAL, fmt::format("{} has no CPU to run a domain on", found.name));
    }
    return adjust_.set_cpupool(domain, found.pool.id, found.name);
}

Result<> CpuPools::split_by_node() {
    const std::scoped_lock lock{changing_};
    ZEROTH_TRY(const auto pools, all());
    if (pools.size() > 1) {
        return refuse(EBUSY, fmt::format("there are {} CPU pools already", pools.size()));
    }
    const auto& first = pools.front();
    const auto& node_of_cpu = ground_.facts.node_of_cpu;
    const auto nodes = node_of_cpu.empty() ? 1 : *std::ranges::max_element(node_of_cpu) + 1;
    ZEROTH_CHECK(set_name(first.pool.id, "Pool-node0"));
    for (std::uint32_t node = 1; node < nodes; ++node) {
        std::vector<PcpuId> cpus;
        for (const auto cpu : members(first.pool.cpus)) {
            if (node_of_cpu.at(cpu.raw()) == node) cpus.push_back(cpu);
        }
        for (const auto cpu : cpus) ZEROTH_CHECK(remove_cpu(first.pool.id, cpu));
        ZEROTH_TRY(const auto id, ground_.xen.create_cpupool(first.pool.scheduler));
        ZEROTH_CHECK(fill(id, cpus));
        ZEROTH_CHECK(set_name(id, fmt::format("Pool-node{}", node)));
    }
    // More vCPUs than CPUs would only wait for each other.
    ZEROTH_TRY(const auto domain0, ground_.xen.domain(kDomain0));
    ZEROTH_TRY(const auto left, ground_.xen.cpupool(first.pool.id));
    const auto cpus = static_cast<std::uint32_t>(std::ranges::count(left.cpus, true));
    if (cpus == 0 || domain0.nr_online_vcpus <= cpus) return {};
    return adjust_.set_vcpus(kDomain0, {cpus});
}

}  // namespace zeroth::daemon
