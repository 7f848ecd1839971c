// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/sim/operation.hpp"

#include <fmt/format.h>

#include <cerrno>

#include "libdomain/hypervisor/abi/numbers.hpp"
#include "libdomain/hypervisor/abi/stable.hpp"
#include "libdomain/hypervisor/abi/sysctl.hpp"
#include "libdomain/hypervisor/sim/state.hpp"

namespace zeroth::hyper::sim {
namespace {

using xenabi::Op;

std::string subject_of(std::uint16_t domid) { return fmt::format("domain {}", domid); }

Operation describe_domctl(State& state, std::uint64_t address) {
    xenabi::DomctlHeader header{};
    if (!state.read(address, header)) return {"XEN_DOMCTL", "unreadable"};
    const xenabi::Domctl cmd{header.cmd};
    if (cmd == xenabi::Domctl::kCreateDomain) return {name_of(cmd), {}};
    return {name_of(cmd), subject_of(header.domain)};
}

Operation describe_sysctl(State& state, std::uint64_t address) {
    xenabi::SysctlHeader header{};
    if (!state.read(address, header)) return {"XEN_SYSCTL", "unreadable"};
    return {name_of(xenabi::Sysctl{header.cmd}), {}};
}

Operation describe_claim(State& state, std::uint64_t address) {
    xenabi::MemoryReservation body{};
    if (!state.read(address, body)) return {"XENMEM_claim_pages", "unreadable"};
    return {"XENMEM_claim_pages", fmt::format("domain {}: {}", body.domid, body.nr_extents)};
}

Operation describe_populate(State& state, std::uint64_t address) {
    xenabi::MemoryReservation body{};
    if (!state.read(address, body)) return {"XENMEM_populate_physmap", "unreadable"};
    return {"XENMEM_populate_physmap", fmt::format("domain {}: {} of order {}", body.domid,
                                                   body.nr_extents, body.extent_order)};
}

/// Structures that begin with the domid.
Operation describe_with_domid(State& state, std::string_view name, std::uint64_t address) {
    std::uint16_t domid = 0;
    if (!state.read(address, domid)) return {name, "unreadable"};
    return {name, subject_of(domid)};
}

Operation describe_memory_op(State& state, std::uint32_t cmd, std::uint64_t address) {
    switch (xenabi::MemoryOp{cmd}) {
        case xenabi::MemoryOp::kClaimPages:
            return describe_claim(state, address);
        case xenabi::MemoryOp::kMaximumGpfn:
            return describe_with_domid(state, "XENMEM_maximum_gpfn", address);
        default:
            return describe_populate(state, address);
    }
}

}  // namespace

Operation describe(State& state, const Hypercall& call) {
    const auto cmd = static_cast<std::uint32_t>(call.arguments[0]);
    switch (Op{call.op}) {
        case Op::kDomctl:
            return describe_domctl(state, call.arguments[0]);
        case Op::kSysctl:
            return describe_sysctl(state, call.arguments[0]);
        case Op::kMemoryOp:
            return describe_memory_op(state, cmd, call.arguments[1]);
        case Op::kXenVersion:
            return {name_of(xenabi::Version{cmd}), {}};
        case Op::kEventChannelOp:
            return describe_with_domid(state, "EVTCHNOP_alloc_unbound", call.arguments[1]);
        case Op::kHvmOp:
            return describe_with_domid(state, cmd == 0 ? "HVMOP_set_param" : "HVMOP_get_param",
                                       call.arguments[1]);
        case Op::kSchedOp:
            return describe_with_domid(state, "SCHEDOP_remote_shutdown", call.arguments[1]);
        case Op::kHypfsOp:
            return {cmd == 1 ? "XEN_HYPFS_OP_read" : "XEN_HYPFS_OP_write_contents", {}};
        case Op::kGrantTableOp:
            break;
    }
    return {"unknown hypercall", fmt::format("{}", call.op)};
}

namespace {

long dispatch(State& state, const Hypercall& call) {
    const auto cmd = static_cast<std::uint32_t>(call.arguments[0]);
    const auto address = call.arguments[1];
    switch (Op{call.op}) {
        case Op::kDomctl:
            return do_domctl(state, call.arguments[0]);
        case Op::kSysctl:
            return do_sysctl(state, call.arguments[0]);
        case Op::kMemoryOp:
            return do_memory_op(state, cmd, address);
        case Op::kXenVersion:
            return do_xen_version(state, cmd, address);
        case Op::kEventChannelOp:
            return do_event_channel_op(state, cmd, address);
        case Op::kHvmOp:
            return do_hvm_op(state, cmd, address);
        case Op::kSchedOp:
            return do_sched_op(state, cmd, address);
        case Op::kHypfsOp:
            return do_hypfs_op(state, call.arguments);
        case Op::kGrantTableOp:
            break;
    }
    return -ENOSYS;
}

}  // namespace

long perform(State& state, const Hypercall& call) {
    const auto operation = describe(state, call);
    long result = -state.faults.enter(operation.name);
    if (result == 0) result = dispatch(state, call);
    state.faults.tell(operation.name, operation.subject, result);
    return result;
}

}  // namespace zeroth::hyper::sim
