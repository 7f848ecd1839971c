// SPDX-License-Identifier: Apache-2.0
// CPU pools: which there are, and what changes them.
#include <cerrno>

#include "libdomain/hypervisor/abi/sysctl.hpp"
#include "libdomain/hypervisor/call.hpp"
#include "libdomain/hypervisor/cpu_map.hpp"
#include "libdomain/hypervisor/hypervisor.hpp"

namespace zeroth::hyper {
namespace {

using xenabi::CpupoolOp;

/// INFO and FREEINFO: `cpus` bits come back as the payload.
Result<Call> asking(Privcmd& privcmd, std::uint32_t version, std::uint32_t op, std::uint32_t pool,
                    std::uint32_t cpus) {
    ZEROTH_TRY(auto call,
               Call::sysctl(privcmd, version, xenabi::Sysctl::kCpupoolOp, map_bytes(cpus)));
    CpupoolOp body{};
    body.op = op;
    body.cpupool_id = pool;
    body.cpumap = {call.payload_address(), cpus, 0};
    call.set(body);
    return call;
}

Result<Call> changing(Privcmd& privcmd, std::uint32_t version, const CpupoolOp& body) {
    ZEROTH_TRY(auto call, Call::sysctl(privcmd, version, xenabi::Sysctl::kCpupoolOp));
    call.set(body);
    return call;
}

}  // namespace

Result<CpuMap> Hypervisor::free_cpus() const {
    ZEROTH_TRY(auto call,
               asking(*privcmd_, version_->sysctl, xenabi::cpupool::kFreeInfo, 0, cpus_));
    ZEROTH_CHECK(call.run("FREEINFO"));
    return unpack(call.payload(), cpus_);
}

Result<Cpupool> Hypervisor::next_cpupool(std::uint32_t from) const {
    ZEROTH_TRY(auto call, asking(*privcmd_, version_->sysctl, xenabi::cpupool::kInfo, from, cpus_));
    ZEROTH_CHECK(call.run("INFO of pool {}", from));
    const auto body = call.get<CpupoolOp>();
    return Cpupool{CpupoolId{body.cpupool_id}, body.sched_id, body.n_dom,
                   unpack(call.payload(), cpus_)};
}

Result<Cpupool> Hypervisor::cpupool(CpupoolId id) const {
    auto found = next_cpupool(id.raw());
    if (found && found->id != id) {
        return fail(ESRCH, fmt::format("there is no CPU pool {}", id.raw()));
    }
    return found;
}

Result<std::vector<Cpupool>> Hypervisor::cpupools() const {
    std::vector<Cpupool> pools;
    for (std::uint32_t from = 0;; from = pools.back().id.raw() + 1) {
        auto next = next_cpupool(from);
        if (!next && !pools.empty() && next.error().is(ENOENT)) return pools;
        if (!next) return fail(next.error());
        pools.push_back(*std::move(next));
    }
}

Result<CpupoolId> Hypervisor::create_cpupool(std::uint32_t scheduler) const {
    CpupoolOp body{};
    body.op = xenabi::cpupool::kCreate;
    body.cpupool_id = xenabi::kAnyCpupool;
    body.sched_id = scheduler;
    ZEROTH_TRY(auto call, changing(*privcmd_, version_->sysctl, body));
    ZEROTH_CHECK(call.run("CREATE with scheduler {}", scheduler));
    return CpupoolId{call.get<CpupoolOp>().cpupool_id};
}

Result<> Hypervisor::destroy_cpupool(CpupoolId id) const {
    CpupoolOp body{};
    body.op = xenabi::cpupool::kDestroy;
    body.cpupool_id = id.raw();
    ZEROTH_TRY(auto call, changing(*privcmd_, version_->sysctl, body));
    return call.run_void("DESTROY of pool {}", id.raw());
}

Result<> Hypervisor::add_cpu(CpupoolId id, PcpuId cpu) const {
    CpupoolOp body{};
    body.op = xenabi::cpupool::kAddCpu;
    body.cpupool_id = id.raw();
    body.cpu = cpu.raw();
    ZEROTH_TRY(auto call, changing(*privcmd_, version_->sysctl, body));
    return call.run_void("ADDCPU {} to pool {}", cpu.raw(), id.raw());
}

Result<> Hypervisor::remove_cpu(CpupoolId id, PcpuId cpu) const {
    CpupoolOp body{};
    body.op = xenabi::cpupool::kRemoveCpu;
    body.cpupool_id = id.raw();
    body.cpu = cpu.raw();
    ZEROTH_TRY(auto call, changing(*privcmd_, version_->sysctl, body));
    return call.run_void("RMCPU {} from pool {}", cpu.raw(), id.raw());
}

Result<> Hypervisor::move_to_cpupool(DomainId domain, CpupoolId id) const {
    CpupoolOp body{};
    body.op = xenabi::cpupool::kMoveDomain;
    body.cpupool_id = id.raw();
    body.domid = domain.raw();
    ZEROTH_TRY(auto call, changing(*privcmd_, version_->sysctl, body));
    return call.run_void("MOVEDOMAIN {} to pool {}", domain.raw(), id.raw());
}

}  // namespace zeroth::hyper
