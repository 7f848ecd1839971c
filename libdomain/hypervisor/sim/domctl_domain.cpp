// SPDX-License-Identifier: Apache-2.0
#include <cerrno>

#include "libdomain/hypervisor/abi/numbers.hpp"
#include "libdomain/hypervisor/sim/domctl.hpp"

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

long put_rtds(const xenabi::SchedulerOp& from, xenabi::SchedulerOp& to) {
    constexpr std::uint32_t kShortest = 10;
    if (from.rtds.period == 0 || from.rtds.budget == 0) return -EINVAL;
    if (from.rtds.budget > from.rtds.period || from.rtds.period < kShortest) return -EINVAL;
    to.rtds = from.rtds;
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
    if (--call.domain.pause_count == 0) call.domain.creation_finished = true;
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
    if (op.sched_id != call.state.options.scheduler) return -EINVAL;
    if (op.cmd == xenabi::schedop::kGetInfo) {
        const auto cmd = op.cmd;
        op = sched;
        op.cmd = cmd;
        call.put(op);
        return 0;
    }
    if (op.cmd != xenabi::schedop::kPutInfo) return -EINVAL;
    if (op.sched_id == xenabi::scheduler::kRtds) return put_rtds(op, sched);
    const bool credit =
        op.sched_id == xenabi::scheduler::kCredit || op.sched_id == xenabi::scheduler::kCredit2;
    return credit ? put_credit(call.domain, op, sched) : -EINVAL;
}

}  // namespace zeroth::hyper::sim
