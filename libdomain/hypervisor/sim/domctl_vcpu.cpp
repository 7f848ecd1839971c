// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cerrno>

#include "libdomain/hypervisor/abi/numbers.hpp"
#include "libdomain/hypervisor/sim/domctl.hpp"

namespace zeroth::hyper::sim {
namespace {

/// struct vcpu, its stack and the scheduler's share.
constexpr std::uint64_t kVcpuPages = 10;

bool is_mode32(std::uint64_t psr) {
    switch (psr & 0x1f) {
        case 0x10:  // USR
        case 0x11:  // FIQ
        case 0x12:  // IRQ
        case 0x13:  // SVC
        case 0x17:  // ABT
        case 0x1b:  // UND
        case 0x1f:  // SYS
            return true;
        default:
            return false;
    }
}

bool is_mode64(std::uint64_t psr) {
    switch (psr & 0x1f) {
        case 0x00:  // EL0t
        case 0x04:  // EL1t
        case 0x05:  // EL1h
            return true;
        default:
            return false;
    }
}

/// A state that the guest could not be in is refused; a saved one may also be absent.
bool possible(const Domain& domain, const xenabi::VcpuGuestContext& context) {
    if (!domain.is_32bit) {
        return is_mode64(context.cpsr) && (context.spsr_el1 == 0 || is_mode64(context.spsr_el1));
    }
    const auto saved = {static_cast<std::uint32_t>(context.spsr_el1), context.spsr_fiq,
                        context.spsr_irq, context.spsr_und, context.spsr_abt};
    return is_mode32(context.cpsr) &&
           std::ranges::all_of(saved, [](std::uint32_t psr) { return psr == 0 || is_mode32(psr); });
}

Vcpu* find_vcpu(Domain& domain, std::uint32_t vcpu) {
    if (vcpu >= domain.vcpus.size() || !domain.vcpus[vcpu]) return nullptr;
    return &*domain.vcpus[vcpu];
}

bool read_map(State& state, const xenabi::Bitmap& from, CpuMap& map) {
    const auto bytes = state.guest_bytes(from.bits, (from.nr_bits + 7) / 8);
    if (bytes.empty() && from.nr_bits > 0) return false;
    for (std::size_t cpu = 0; cpu < map.size(); ++cpu) {
        map[cpu] =
            cpu < from.nr_bits && std::to_integer<bool>(bytes[cpu / 8] >> (cpu % 8) & std::byte{1});
    }
    return true;
}

CpuMap both(const CpuMap& a, const CpuMap& b) {
    CpuMap map(a.size());
    for (std::size_t cpu = 0; cpu < map.size(); ++cpu) map[cpu] = a[cpu] && b[cpu];
    return map;
}

/// CPUs of the domain's pool.
const CpuMap& online(const State& state, const Domain& domain) {
    return state.pools.at(domain.config.cpupool_id).cpus;
}

/// 0, or the errno that an affinity call's arguments earn.
long check_affinity(Domain& domain, const xenabi::VcpuAffinity& body) {
    if (body.vcpu >= domain.vcpus.size()) return -EINVAL;
    if (find_vcpu(domain, body.vcpu) == nullptr) return -ESRCH;
    const bool hard = (body.flags & xenabi::affinity::kHard) != 0;
    const bool soft = (body.flags & xenabi::affinity::kSoft) != 0;
    const bool nothing = body.flags == 0 || (hard && body.cpumap_hard.bits == 0) ||
                         (soft && body.cpumap_soft.bits == 0);
    return nothing ? -EINVAL : 0;
}

}  // namespace

bool write_map(State& state, const xenabi::Bitmap& to, const CpuMap& map) {
    const auto bytes = state.guest_bytes(to.bits, (to.nr_bits + 7) / 8);
    if (bytes.empty() && to.nr_bits > 0) return false;
    std::ranges::fill(bytes, std::byte{0});
    for (std::size_t cpu = 0; cpu < map.size() && cpu < to.nr_bits; ++cpu) {
        if (map[cpu]) bytes[cpu / 8] |= std::byte{1} << (cpu % 8);
    }
    return true;
}

long max_vcpus(DomctlCall& call) {
    auto& domain = call.domain;
    const auto max = call.body<xenabi::MaxVcpus>().max;
    if (domain.id == kDomain0 || max != domain.vcpus.size()) return -EINVAL;
    const auto cpus = call.state.options.cpus;
    for (std::uint32_t i = 0; i < max; ++i) {
        if (domain.vcpus[i]) continue;
        if (!call.state.take_overhead(domain, kVcpuPages)) return -ENOMEM;
        Vcpu vcpu;
        vcpu.hard = vcpu.soft = CpuMap(cpus, true);
        vcpu.cpu = i % cpus;
        domain.vcpus[i] = std::move(vcpu);
    }
    settle_vcpus(call.state.pools.at(domain.config.cpupool_id), domain);
    return 0;
}

long set_vcpu_context(DomctlCall& call) {
    const auto body = call.body<xenabi::VcpuContextArgument>();
    auto* const vcpu = find_vcpu(call.domain, body.vcpu);
    if (call.domain.id == kDomain0 || vcpu == nullptr) return -EINVAL;
    xenabi::VcpuGuestContext context;
    if (!call.state.read(body.ctxt, context)) return -EFAULT;
    if (!possible(call.domain, context)) return -EINVAL;
    vcpu->context = context;
    vcpu->initialised = true;
    vcpu->online = (context.flags & xenabi::kGuestContextOnline) != 0;
    return 0;
}

long get_vcpu_info(DomctlCall& call) {
    auto body = call.body<xenabi::GetVcpuInfo>();
    if (body.vcpu >= call.domain.vcpus.size()) return -EINVAL;
    const auto* const vcpu = find_vcpu(call.domain, body.vcpu);
    if (vcpu == nullptr) return -ESRCH;
    const bool dom0 = call.domain.id == kDomain0;
    body.online = vcpu->online;
    body.blocked = vcpu->online && !dom0 && call.domain.creation_finished;
    body.running = vcpu->online && dom0;
    body.cpu_time = 0;
    body.cpu = vcpu->cpu;
    call.put(body);
    return 0;
}

long set_vcpu_affinity(DomctlCall& call) {
    const auto body = call.body<xenabi::VcpuAffinity>();
    if (const long error = check_affinity(call.domain, body); error != 0) return error;
    auto* const vcpu = find_vcpu(call.domain, body.vcpu);
    const auto& pool = online(call.state, call.domain);
    auto hard = vcpu->hard, soft = vcpu->soft;
    if ((body.flags & xenabi::affinity::kHard) != 0) {
        if (!read_map(call.state, body.cpumap_hard, hard)) return -EFAULT;
        if (!write_map(call.state, body.cpumap_hard, both(hard, pool))) return -EFAULT;
    }
    if ((body.flags & xenabi::affinity::kSoft) != 0) {
        if (!read_map(call.state, body.cpumap_soft, soft)) return -EFAULT;
        if (!write_map(call.state, body.cpumap_soft, both(both(soft, pool), hard))) return -EFAULT;
    }
    vcpu->hard = hard;
    vcpu->soft = soft;
    const auto usable = both(hard, pool);
    const auto first = std::ranges::find(usable, true);
    if (first != usable.end() && !usable[vcpu->cpu]) {
        vcpu->cpu = static_cast<std::uint32_t>(first - usable.begin());
    }
    return 0;
}

long get_vcpu_affinity(DomctlCall& call) {
    const auto body = call.body<xenabi::VcpuAffinity>();
    if (const long error = check_affinity(call.domain, body); error != 0) return error;
    const auto* const vcpu = find_vcpu(call.domain, body.vcpu);
    if ((body.flags & xenabi::affinity::kHard) != 0 &&
        !write_map(call.state, body.cpumap_hard, vcpu->hard)) {
        return -EFAULT;
    }
    if ((body.flags & xenabi::affinity::kSoft) != 0 &&
        !write_map(call.state, body.cpumap_soft, vcpu->soft)) {
        return -EFAULT;
    }
    return 0;
}

long set_address_size(DomctlCall& call) {
    const auto bits = call.body<xenabi::AddressSize>().size;
    if (bits != 32 && bits != 64) return -EINVAL;
    if (bits == 32 && !call.state.options.aarch32) return -EINVAL;
    if (call.domain.tot_pages != 0) return -EBUSY;
    call.domain.is_32bit = bits == 32;
    return 0;
}

}  // namespace zeroth::hyper::sim
