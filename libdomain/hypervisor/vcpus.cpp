// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "libdomain/hypervisor/abi/domctl.hpp"
#include "libdomain/hypervisor/abi/sysctl.hpp"
#include "libdomain/hypervisor/call.hpp"
#include "libdomain/hypervisor/hypervisor.hpp"

namespace zeroth::hyper {
namespace {

using xenabi::Domctl;

std::size_t bytes_for(std::uint32_t bits) { return align_up(bits, 64) / 8; }

void pack(const CpuMap& map, std::span<std::byte> to) {
    for (std::size_t cpu = 0; cpu < map.size() && cpu / 8 < to.size(); ++cpu) {
        if (map[cpu]) to[cpu / 8] |= std::byte{1} << (cpu % 8);
    }
}

CpuMap unpack(std::span<const std::byte> from, std::uint32_t bits) {
    CpuMap map(bits);
    for (std::size_t cpu = 0; cpu < bits; ++cpu) {
        map[cpu] = std::to_integer<bool>(from[cpu / 8] >> (cpu % 8) & std::byte{1});
    }
    return map;
}

xenabi::VcpuGuestContext encode(const VcpuContext& context) {
    xenabi::VcpuGuestContext wire{};
    wire.flags = xenabi::kGuestContextOnline;
    std::ranges::copy(context.arguments, wire.x.begin());
    wire.pc = context.pc;
    wire.cpsr = context.cpsr;
    wire.sctlr = context.sctlr;
    return wire;
}

/// An affinity call: two bitmaps of `cpus` bits behind the arguments.
Result<Call> affinity_call(Privcmd& privcmd, std::uint32_t version, Domctl cmd, DomainId id,
                           VcpuId vcpu, std::uint32_t flags, std::uint32_t cpus) {
    const auto size = bytes_for(cpus);
    ZEROTH_TRY(auto call, Call::domctl(privcmd, version, cmd, id, 2 * size));
    xenabi::VcpuAffinity body{};
    body.vcpu = vcpu.raw();
    body.flags = flags;
    body.cpumap_hard = {call.payload_address(), cpus, 0};
    body.cpumap_soft = {call.payload_address() + size, cpus, 0};
    call.set(body);
    return call;
}

/// Xen would take a map without any CPU of its own, and leave the vCPU nowhere to run.
Result<> check_map(const CpuMap& map, std::string_view which, VcpuId vcpu, std::uint32_t cpus) {
    const auto end =
        map.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(map.size(), cpus));
    if (map.empty() || std::find(map.begin(), end, true) != end) return {};
    return fail(
        Error::message(EINVAL, fmt::format("{} affinity of vCPU {} names no CPU of this host, "
                                           "whose CPUs are 0 to {}",
                                           which, vcpu.raw(), cpus - 1)));
}

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

}  // namespace

Result<> Hypervisor::set_vcpu_context(DomainId id, VcpuId vcpu, const VcpuContext& context) const {
    ZEROTH_TRY(auto call, Call::domctl(*privcmd_, version_->domctl, Domctl::kSetVcpuContext, id,
                                       sizeof(xenabi::VcpuGuestContext)));
    const auto wire = encode(context);
    std::memcpy(call.payload().data(), &wire, sizeof wire);
    call.set(xenabi::VcpuContextArgument{vcpu.raw(), 0, call.payload_address()});
    return call.run_void("of vCPU {} of domain {} (pc {:#x}, cpsr {:#x})", vcpu.raw(), id.raw(),
                         context.pc, context.cpsr);
}

Result<VcpuInfo> Hypervisor::vcpu_info(DomainId id, VcpuId vcpu) const {
    ZEROTH_TRY(auto call, Call::domctl(*privcmd_, version_->domctl, Domctl::kGetVcpuInfo, id));
    xenabi::GetVcpuInfo body{};
    body.vcpu = vcpu.raw();
    call.set(body);
    ZEROTH_CHECK(call.run("of vCPU {} of domain {}", vcpu.raw(), id.raw()));
    body = call.get<xenabi::GetVcpuInfo>();
    return VcpuInfo{body.online != 0, body.blocked != 0, body.running != 0,
                    std::chrono::nanoseconds{body.cpu_time}, PcpuId{body.cpu}};
}

Result<Hypervisor::Affinity> Hypervisor::affinity(DomainId id, VcpuId vcpu) const {
    const auto flags = xenabi::affinity::kHard | xenabi::affinity::kSoft;
    ZEROTH_TRY(auto call, affinity_call(*privcmd_, version_->domctl, Domctl::kGetVcpuAffinity, id,
                                        vcpu, flags, cpus_));
    ZEROTH_CHECK(call.run("of vCPU {} of domain {}", vcpu.raw(), id.raw()));
    return Affinity{unpack(call.payload(), cpus_),
                    unpack(call.payload().subspan(bytes_for(cpus_)), cpus_)};
}

Result<> Hypervisor::set_affinity(DomainId id, VcpuId vcpu, const Affinity& wanted,
                                  bool force) const {
    ZEROTH_CHECK(check_map(wanted.hard, "hard", vcpu, cpus_));
    ZEROTH_CHECK(check_map(wanted.soft, "soft", vcpu, cpus_));
    std::uint32_t flags = force ? xenabi::affinity::kForce : 0;
    if (!wanted.hard.empty()) flags |= xenabi::affinity::kHard;
    if (!wanted.soft.empty()) flags |= xenabi::affinity::kSoft;
    if (flags == 0) return {};
    ZEROTH_TRY(auto call, affinity_call(*privcmd_, version_->domctl, Domctl::kSetVcpuAffinity, id,
                                        vcpu, flags, cpus_));
    const auto size = bytes_for(cpus_);
    pack(wanted.hard, call.payload().first(size));
    pack(wanted.soft, call.payload().subspan(size));
    return call.run_void("of vCPU {} of domain {}", vcpu.raw(), id.raw());
}

Result<SchedParams> Hypervisor::sched_params(DomainId id) const {
    // Which scheduler it is depends on the pool that the domain runs in.
    ZEROTH_TRY(const auto info, domain(id));
    ZEROTH_TRY(auto pool, Call::sysctl(*privcmd_, version_->sysctl, xenabi::Sysctl::kCpupoolOp,
                                       bytes_for(cpus_)));
    xenabi::CpupoolOp op{};
    op.op = xenabi::cpupool::kInfo;
    op.cpupool_id = info.cpupool.raw();
    op.cpumap = {pool.payload_address(), cpus_, 0};
    pool.set(op);
    ZEROTH_CHECK(pool.run("INFO of pool {}", info.cpupool.raw()));

    ZEROTH_TRY(auto call, Call::domctl(*privcmd_, version_->domctl, Domctl::kSchedulerOp, id));
    xenabi::SchedulerOp body{};
    body.sched_id = pool.get<xenabi::CpupoolOp>().sched_id;
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

}  // namespace zeroth::hyper
