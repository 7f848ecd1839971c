// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/abi/sysctl.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include "core/units.hpp"
#include "libdomain/hypervisor/abi/numbers.hpp"
#include "libdomain/hypervisor/sim/cpupool.hpp"
#include "libdomain/hypervisor/sim/domctl.hpp"

namespace zeroth::hyper::sim {
namespace {

using xenabi::Sysctl;

struct SysctlCall {
    State& state;
    xenabi::SysctlBytes& bytes;

    template <class Body>
    Body body() const {
        Body value;
        std::memcpy(&value, bytes.body.data(), sizeof value);
        return value;
    }
    template <class Body>
    void put(const Body& value) {
        std::memcpy(bytes.body.data(), &value, sizeof value);
    }
};

long read_console(SysctlCall& call) {
    auto body = call.body<xenabi::ReadConsole>();
    std::uint32_t next = 0;
    const auto text = call.state.console.read(body.index, body.incremental != 0, body.count, next);
    const auto to = call.state.guest_bytes(body.buffer, text.size());
    if (to.empty() && !text.empty()) return -EFAULT;
    std::memcpy(to.data(), text.data(), text.size());
    body.count = static_cast<std::uint32_t>(text.size());
    body.index = next;
    if (body.clear != 0) call.state.console.clear_to(next);
    call.put(body);
    return 0;
}

long phys_info(SysctlCall& call) {
    const auto& options = call.state.options;
    xenabi::PhysInfoBytes body{};
    body.threads_per_core = body.cores_per_socket = 1;
    body.nr_cpus = options.cpus;
    body.max_cpu_id = options.cpus - 1;
    body.nr_nodes = options.nodes;
    body.max_node_id = options.nodes - 1;
    body.cpu_khz = 62500;
    // hvm, hap; the grant table's version 1; what the options add.
    body.capabilities = 0x1 | 0x8 | 0x100 | (options.iommu ? 0x4U : 0) | (options.vpmu ? 0x80U : 0);
    body.arch_capabilities = options.sve_vl;
    body.total_pages = call.state.total_pages;
    body.free_pages = call.state.free_frames.count();
    body.outstanding_pages = call.state.claimed_pages;
    body.max_mfn = call.state.total_pages;
    call.put(body);
    return 0;
}

long domain_list(SysctlCall& call) {
    auto body = call.body<xenabi::GetDomainInfoList>();
    std::uint32_t count = 0;
    const auto& domains = call.state.domains;
    for (auto entry = domains.lower_bound(DomainId{body.first_domain});
         entry != domains.end() && count < body.max_domains; ++entry) {
        const auto info = info_of(call.state, entry->second);
        if (!call.state.write(body.buffer + count * sizeof info, info)) return -EFAULT;
        ++count;
    }
    body.num_domains = count;
    call.put(body);
    return 0;
}

/// As Xen joins what lies side by side.
std::string frames_text(const FrameMap& map) {
    std::vector<FrameRange> joined;
    for (const auto& [first, range] : map.ranges()) append(joined, range);
    std::string text;
    for (const auto& range : joined) {
        text += fmt::format("{} {:x}", text.empty() ? "" : ",", range.first);
        if (range.count > 1) text += fmt::format("-{:x}", range.first + range.count - 1);
    }
    return text + " }";
}

/// Of what Xen tells of each domain, what of the host's devices it may have.
void print_rangesets(State& state) {
    for (const auto& [id, domain] : state.domains) {
        std::string interrupts;
        for (const auto spi : domain.spis)
            interrupts += fmt::format("{} {}", interrupts.empty() ? "" : ",", spi);
        state.console.print(
            fmt::format("(XEN) General information for domain {0}:\n"
                        "(XEN) Rangesets belonging to domain {0}:\n"
                        "(XEN)     Interrupts {{{1} }}\n"
                        "(XEN)     I/O Memory {{{2}\n",
                        id.raw(), interrupts, frames_text(domain.iomem_allowed)));
    }
}

long debug_keys(SysctlCall& call) {
    const auto body = call.body<xenabi::DebugKeys>();
    for (std::uint32_t i = 0; i < body.nr_keys; ++i) {
        char key = 0;
        if (!call.state.read(body.keys + i, key)) return -EFAULT;
        call.state.console.print(fmt::format("(XEN) '{}' pressed\n", key));
        if (key == 'q') print_rangesets(call.state);
    }
    return 0;
}

long cpu_topology(SysctlCall& call) {
    auto body = call.body<xenabi::CpuTopoInfo>();
    const auto& options = call.state.options;
    auto count = options.cpus;
    if (body.cputopo != 0) {
        count = std::min(count, body.num_cpus);
        for (std::uint32_t cpu = 0; cpu < count; ++cpu) {
            const xenabi::CpuTopo topo{cpu, 0, cpu * options.nodes / options.cpus};
            if (!call.state.write(body.cputopo + cpu * sizeof topo, topo)) return -EFAULT;
        }
    }
    body.num_cpus = count;
    call.put(body);
    return 0;
}

long numa(SysctlCall& call) {
    auto body = call.body<xenabi::NumaInfo>();
    auto& state = call.state;
    auto count = state.options.nodes;
    if (body.meminfo != 0 || body.distance != 0) count = std::min(count, body.num_nodes);
    constexpr std::uint32_t kNear = 10, kFar = 20;
    for (std::uint32_t i = 0; i < count; ++i) {
        const xenabi::MemInfo memory{(state.total_pages / state.options.nodes) << kPageShift,
                                     (state.free_frames.count() / state.options.nodes)
                                         << kPageShift};
        if (body.meminfo != 0 && !state.write(body.meminfo + i * sizeof memory, memory)) {
            return -EFAULT;
        }
        for (std::uint32_t j = 0; body.distance != 0 && j < count; ++j) {
            const std::uint32_t distance = i == j ? kNear : kFar;
            const auto at = body.distance + (std::uint64_t{i} * count + j) * sizeof distance;
            if (!state.write(at, distance)) return -EFAULT;
        }
    }
    body.num_nodes = count;
    call.put(body);
    return 0;
}

/// An operation that answers in its own body.
template <class Body>
long in_place(SysctlCall& call, long (*operation)(State&, Body&)) {
    auto body = call.body<Body>();
    const long result = operation(call.state, body);
    if (result >= 0) call.put(body);
    return result;
}

long dispatch(SysctlCall& call) {
    switch (Sysctl{call.bytes.header.cmd}) {
        case Sysctl::kReadConsole:
            return read_console(call);
        case Sysctl::kPhysInfo:
            return phys_info(call);
        case Sysctl::kSchedId:
            return call.put(xenabi::SchedId{call.state.options.scheduler}), 0;
        case Sysctl::kGetDomainInfoList:
            return domain_list(call);
        case Sysctl::kDebugKeys:
            return debug_keys(call);
        case Sysctl::kCpuTopoInfo:
            return cpu_topology(call);
        case Sysctl::kNumaInfo:
            return numa(call);
        case Sysctl::kCpupoolOp:
            return in_place(call, &cpupool_op);
        case Sysctl::kSchedulerOp:
            return in_place(call, &pool_scheduler_op);
    }
    return -ENOSYS;
}

}  // namespace

long do_sysctl(State& state, std::uint64_t address) {
    xenabi::SysctlBytes bytes;
    if (!state.read(address, bytes)) return -EFAULT;
    if (bytes.header.interface_version != state.sysctl_version()) return -EACCES;
    SysctlCall call{state, bytes};
    const long result = dispatch(call);
    if (result >= 0 && !state.write(address, bytes)) return -EFAULT;
    return result;
}

}  // namespace zeroth::hyper::sim
