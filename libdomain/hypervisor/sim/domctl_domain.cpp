// SPDX-License-Identifier: Apache-2.0
#include <cerrno>

#include "libdomain/hypervisor/abi/numbers.hpp"
#include "libdomain/hypervisor/sim/domctl.hpp"
#include "libdomain/hypervisor/sim/guest_cpu.hpp"

namespace zeroth::hyper::sim {
namespace {

constexpr std::uint32_t kMaxPauses = 255;

long put_credit(const Domain& domain, const xenabi::SchedulerOp& from, xenabi::SchedulerOp& to) {
    if (from.credit.cap > 100 * domain.vcpus.size()) return -EINVAL;
    // 0 stands for "as it is" with weights, and for no cap with caps.
    if (from.credit.weight != 0) to.credit.weight = from.credit.weight;
    to.credit.cap = from.credit.cap;
    return 0;
}

bool good_rtds(std::uint32_t period, std::uint32_t budget) {
    constexpr std::uint32_t kShortest = 10;
    return budget >= kShortest && period >= kShortest && budget <= period;
}

long put_rtds(std::uint32_t period, std::uint32_t budget, std::uint32_t flags,
              xenabi::SchedulerOp& to) {
    if (!good_rtds(period, budget)) return -EINVAL;
    to.rtds = {period, budget, flags};
    return 0;
}

/// put- and getvcpuinfo: an array in the caller's memory.
long vcpu_scheduling(DomctlCall& call, const xenabi::SchedulerOp& op) {
    auto& domain = call.domain;
    const auto& whole = domain.sched.rtds;
    for (std::uint32_t i = 0; i < op.per_vcpu.nr_vcpus; ++i) {
        xenabi::SchedParamVcpu vcpu;
        const auto at = op.per_vcpu.vcpus + i * sizeof vcpu;
        if (!call.state.read(at, vcpu)) return -EFAULT;
        if (vcpu.vcpu >= domain.vcpus.size()) return -EINVAL;
        if (op.cmd == xenabi::schedop::kPutVcpuInfo) {
            if (!good_rtds(vcpu.period, vcpu.budget)) return -EINVAL;
            domain.vcpu_sched[vcpu.vcpu] = vcpu;
            continue;
        }
        const auto own = domain.vcpu_sched.find(vcpu.vcpu);
        if (own != domain.vcpu_sched.end())
            vcpu = own->second;
        else
            vcpu = {whole.period, whole.budget, whole.flags, vcpu.vcpu};
        if (!call.state.write(at, vcpu)) return -EFAULT;
    }
    return 0;
}

}  // namespace

long pause_domain(DomctlCall& call) {
    if (call.domain.id == kDomain0) return -EINVAL;
    if (call.domain.pause_count >= kMaxPauses) return -EOVERFLOW;
    ++call.domain.pause_count;
    return 0;
}

long unpause_domain(DomctlCall& call) {
    if (call.domain.pause_count == 0) return -EINVAL;
    if (--call.domain.pause_count > 0) return 0;
    call.domain.creation_finished = true;
    if (call.state.observer != nullptr) call.state.observer->wake(call.domain.id);
    return 0;
}

long set_domain_handle(DomctlCall& call) {
    call.domain.config.handle = call.body<xenabi::SetDomainHandle>().handle;
    return 0;
}

long get_domain_info(DomctlCall& call) {
    call.bytes.header.domain = call.domain.id.raw();
    call.put(info_of(call.state, call.domain));
    return 0;
}

long scheduler_op(DomctlCall& call) {
    auto op = call.body<xenabi::SchedulerOp>();
    auto& sched = call.domain.sched;
    if (op.sched_id != sched.sched_id) return -EINVAL;
    const bool rtds = op.sched_id == xenabi::scheduler::kRtds;
    const bool credit =
        op.sched_id == xenabi::scheduler::kCredit || op.sched_id == xenabi::scheduler::kCredit2;
    switch (op.cmd) {
        case xenabi::schedop::kGetInfo:
            op = sched;
            op.cmd = xenabi::schedop::kGetInfo;
            call.put(op);
            return 0;
        case xenabi::schedop::kPutInfo:
            call.domain.vcpu_sched.clear();
            if (rtds) return put_rtds(op.rtds.period, op.rtds.budget, op.rtds.flags, sched);
            return credit ? put_credit(call.domain, op, sched) : -EINVAL;
        case xenabi::schedop::kPutVcpuInfo:
        case xenabi::schedop::kGetVcpuInfo:
            return rtds ? vcpu_scheduling(call, op) : -EINVAL;
        default:
            return -EINVAL;
    }
}

}  // namespace zeroth::hyper::sim
