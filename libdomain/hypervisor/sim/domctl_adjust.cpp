// SPDX-License-Identifier: Apache-2.0
// What is asked of a domain that is there: its registers, its nodes, its end from outside.
#include <algorithm>
#include <cerrno>

#include "libdomain/hypervisor/abi/numbers.hpp"
#include "libdomain/hypervisor/abi/stable.hpp"
#include "libdomain/hypervisor/sim/domctl.hpp"

namespace zeroth::hyper::sim {

long get_vcpu_context(DomctlCall& call) {
    const auto body = call.body<xenabi::VcpuContextArgument>();
    const auto& vcpus = call.domain.vcpus;
    // The caller's own vCPU cannot be stopped to look at it.
    if (body.vcpu >= vcpus.size() || !vcpus[body.vcpu] || call.domain.id == kDomain0) {
        return -EINVAL;
    }
    if (!vcpus[body.vcpu]->initialised) return -ENODATA;
    return call.state.write(body.ctxt, vcpus[body.vcpu]->context) ? 0 : -EFAULT;
}

long get_node_affinity(DomctlCall& call) {
    const auto map = call.body<xenabi::NodeAffinity>().nodemap;
    const auto bytes = call.state.guest_bytes(map.bits, (map.nr_bits + 7) / 8);
    if (bytes.empty() && map.nr_bits > 0) return -EFAULT;
    std::ranges::fill(bytes, std::byte{0});
    // Nobody restricts it: the nodes of the CPUs that the vCPUs may run on.
    const auto& options = call.state.options;
    const auto add = [&](const CpuMap& cpus) {
        for (std::uint32_t cpu = 0; cpu < cpus.size(); ++cpu) {
            const auto node = cpu * options.nodes / options.cpus;
            if (cpus[cpu] && node < map.nr_bits) bytes[node / 8] |= std::byte{1} << (node % 8);
        }
    };
    for (const auto& vcpu : call.domain.vcpus) {
        if (vcpu) add(vcpu->hard);
    }
    return 0;
}

/// ARM has no interrupts that a host could raise so.
long send_trigger(DomctlCall&) { return -ENOSYS; }

long do_sched_op(State& state, std::uint32_t cmd, std::uint64_t address) {
    if (xenabi::SchedOp{cmd} != xenabi::SchedOp::kRemoteShutdown) return -ENOSYS;
    xenabi::RemoteShutdown body;
    if (!state.read(address, body)) return -EFAULT;
    auto* const domain = state.find(DomainId{body.domain_id});
    if (domain == nullptr) return -ESRCH;
    // The first reason stays.
    if (domain->shut_down) return 0;
    domain->shut_down = true;
    domain->shutdown_code = static_cast<std::uint8_t>(body.reason);
    state.raise_virq(kVirqDomExc);
    return 0;
}

}  // namespace zeroth::hyper::sim
