// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "libdomain/hypervisor/abi/domctl.hpp"
#include "libdomain/hypervisor/call.hpp"
#include "libdomain/hypervisor/cpu_map.hpp"
#include "libdomain/hypervisor/hypervisor.hpp"

namespace zeroth::hyper {
namespace {

using xenabi::Domctl;

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
    const auto size = map_bytes(cpus);
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
                    unpack(call.payload().subspan(map_bytes(cpus_)), cpus_)};
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
    const auto size = map_bytes(cpus_);
    pack(wanted.hard, call.payload().first(size));
    pack(wanted.soft, call.payload().subspan(size));
    return call.run_void("of vCPU {} of domain {}", vcpu.raw(), id.raw());
}

}  // namespace zeroth::hyper
