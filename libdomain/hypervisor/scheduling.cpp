// SPDX-License-Identifier: Apache-2.0
// What schedulers are told: of a domain, of its vCPUs, and of a whole CPU pool.
#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include "libdomain/hypervisor/abi/domctl.hpp"
#include "libdomain/hypervisor/abi/sysctl.hpp"
#include "libdomain/hypervisor/call.hpp"
#include "libdomain/hypervisor/hypervisor.hpp"

namespace zeroth::hyper {
namespace {

using xenabi::Domctl;

SchedParams decode_sched(const xenabi::SchedulerOp& body) {
    SchedParams params;
    params.scheduler = body.sched_id;
    if (body.sched_id == xenabi::scheduler::kCredit ||
        body.sched_id == xenabi::scheduler::kCredit2) {
        params.weight = body.credit.weight;
        params.cap = body.credit.cap;
    } else if (body.sched_id == xenabi::scheduler::kRtds) {
        params.period = body.rtds.period;
        params.budget = body.rtds.budget;
        params.extratime = (body.rtds.flags & xenabi::kRtdsExtratime) != 0;
    }
    return params;
}

/// Whether the members that are set are the scheduler's; the sentence names the first that is not.
Result<> check_sched(const SchedParams& params) {
    const bool credit = params.scheduler == xenabi::scheduler::kCredit ||
                        params.scheduler == xenabi::scheduler::kCredit2;
    const bool rtds = params.scheduler == xenabi::scheduler::kRtds;
    const auto refuse = [](std::string_view name) {
        return fail(Error::message(
            EINVAL, fmt::format("the domain's scheduler has no parameter \"{}\"", name)));
    };
    if (params.weight && !credit) return refuse("weight");
    if (params.cap && !credit) return refuse("cap");
    if (params.period && !rtds) return refuse("period");
    if (params.budget && !rtds) return refuse("budget");
    if (params.extratime && !rtds) return refuse("extratime");
    if (params.weight.value_or(0) > 0xffff || params.cap.value_or(0) > 0xffff) {
        return fail(Error::message(EINVAL, "scheduling weight and cap are at most 65535"));
    }
    return {};
}

void overlay(const SchedParams& params, xenabi::SchedulerOp& body) {
    if (params.weight) body.credit.weight = static_cast<std::uint16_t>(*params.weight);
    if (params.cap) body.credit.cap = static_cast<std::uint16_t>(*params.cap);
    if (params.period) body.rtds.period = *params.period;
    if (params.budget) body.rtds.budget = *params.budget;
    if (params.extratime) body.rtds.flags = *params.extratime ? xenabi::kRtdsExtratime : 0;
}

/// A call about some vCPUs of a domain, whose parameters are its payload.
Result<Call> per_vcpu_call(Privcmd& privcmd, std::uint32_t version, DomainId id, std::uint32_t cmd,
                           std::span<const VcpuSched> vcpus) {
    ZEROTH_TRY(auto call, Call::domctl(privcmd, version, Domctl::kSchedulerOp, id,
                                       vcpus.size() * sizeof(xenabi::SchedParamVcpu)));
    auto to = call.payload();
    for (const auto& vcpu : vcpus) {
        const xenabi::SchedParamVcpu wire{
            vcpu.period, vcpu.budget, vcpu.extratime ? xenabi::kRtdsExtratime : 0, vcpu.vcpu.raw()};
        std::memcpy(to.data(), &wire, sizeof wire);
        to = to.subspan(sizeof wire);
    }
    xenabi::SchedulerOp body{};
    body.sched_id = xenabi::scheduler::kRtds;
    body.cmd = cmd;
    body.per_vcpu = {call.payload_address(), static_cast<std::uint32_t>(vcpus.size()), 0};
    call.set(body);
    return call;
}

Result<Call> pool_call(Privcmd& privcmd, std::uint32_t version, const PoolScheduling& pool,
                       std::uint32_t cmd) {
    ZEROTH_TRY(auto call, Call::sysctl(privcmd, version, xenabi::Sysctl::kSchedulerOp));
    xenabi::PoolSchedulerOp body{};
    body.cpupool_id = pool.pool.raw();
    body.sched_id = pool.scheduler;
    body.cmd = cmd;
    if (pool.scheduler == xenabi::scheduler::kCredit)
        body.credit = {pool.timeslice_ms, pool.ratelimit_us, pool.migration_delay_us};
    else
        body.credit2 = {pool.ratelimit_us};
    call.set(body);
    return call;
}

}  // namespace

Result<SchedParams> Hypervisor::sched_params(DomainId id) const {
    // Which scheduler it is depends on the pool that the domain runs in.
    ZEROTH_TRY(const auto info, domain(id));
    ZEROTH_TRY(const auto pool, cpupool(info.cpupool));
    ZEROTH_TRY(auto call, Call::domctl(*privcmd_, version_->domctl, Domctl::kSchedulerOp, id));
    xenabi::SchedulerOp body{};
    body.sched_id = pool.scheduler;
    body.cmd = xenabi::schedop::kGetInfo;
    call.set(body);
    ZEROTH_CHECK(call.run("getinfo of domain {}", id.raw()));
    return decode_sched(call.get<xenabi::SchedulerOp>());
}

Result<> Hypervisor::set_sched_params(DomainId id, const SchedParams& params) const {
    ZEROTH_CHECK(check_sched(params));
    ZEROTH_TRY(auto call, Call::domctl(*privcmd_, version_->domctl, Domctl::kSchedulerOp, id));
    xenabi::SchedulerOp body{};
    body.sched_id = params.scheduler;
    body.cmd = xenabi::schedop::kGetInfo;
    call.set(body);
    // What is not set keeps its value: putinfo takes all of them.
    ZEROTH_CHECK(call.run("getinfo of domain {}", id.raw()));
    body = call.get<xenabi::SchedulerOp>();
    overlay(params, body);
    body.cmd = xenabi::schedop::kPutInfo;
    call.set(body);
    return call.run_void("putinfo of domain {}", id.raw());
}

Result<std::vector<VcpuSched>> Hypervisor::vcpu_sched(DomainId id, std::uint32_t count) const {
    std::vector<VcpuSched> vcpus;
    for (std::uint32_t i = 0; i < count; ++i) vcpus.push_back({.vcpu = VcpuId{i}});
    ZEROTH_TRY(auto call, per_vcpu_call(*privcmd_, version_->domctl, id,
                                        xenabi::schedop::kGetVcpuInfo, vcpus));
    ZEROTH_CHECK(call.run("getvcpuinfo of {} vCPUs of domain {}", count, id.raw()));
    const auto bytes = call.payload();
    for (std::size_t i = 0; i < vcpus.size(); ++i) {
        xenabi::SchedParamVcpu wire;
        std::memcpy(&wire, bytes.data() + i * sizeof wire, sizeof wire);
        vcpus[i] = {VcpuId{wire.vcpu}, wire.period, wire.budget,
                    (wire.flags & xenabi::kRtdsExtratime) != 0};
    }
    return vcpus;
}

Result<> Hypervisor::set_vcpu_sched(DomainId id, std::span<const VcpuSched> vcpus) const {
    ZEROTH_TRY(auto call, per_vcpu_call(*privcmd_, version_->domctl, id,
                                        xenabi::schedop::kPutVcpuInfo, vcpus));
    return call.run_void("putvcpuinfo of {} vCPUs of domain {}", vcpus.size(), id.raw());
}

Result<PoolScheduling> Hypervisor::pool_scheduling(CpupoolId id, std::uint32_t scheduler) const {
    PoolScheduling pool{.pool = id, .scheduler = scheduler};
    ZEROTH_TRY(auto call, pool_call(*privcmd_, version_->sysctl, pool, xenabi::schedop::kGetInfo));
    ZEROTH_CHECK(call.run("getinfo of pool {}", id.raw()));
    const auto body = call.get<xenabi::PoolSchedulerOp>();
    if (scheduler == xenabi::scheduler::kCredit) {
        pool.timeslice_ms = body.credit.tslice_ms;
        pool.ratelimit_us = body.credit.ratelimit_us;
        pool.migration_delay_us = body.credit.vcpu_migr_delay_us;
    } else {
        pool.ratelimit_us = body.credit2.ratelimit_us;
    }
    return pool;
}

Result<> Hypervisor::set_pool_scheduling(const PoolScheduling& pool) const {
    ZEROTH_TRY(auto call, pool_call(*privcmd_, version_->sysctl, pool, xenabi::schedop::kPutInfo));
    return call.run_void("putinfo of pool {}", pool.pool.raw());
}

}  // namespace zeroth::hyper
