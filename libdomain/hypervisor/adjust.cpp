// SPDX-License-Identifier: Apache-2.0
// What is asked of a domain that is there already, or is being filled.
#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "core/units.hpp"
#include "libdomain/hypervisor/abi/domctl.hpp"
#include "libdomain/hypervisor/abi/stable.hpp"
#include "libdomain/hypervisor/call.hpp"
#include "libdomain/hypervisor/hypervisor.hpp"

namespace zeroth::hyper {
namespace {

using xenabi::Domctl;

constexpr std::array kTriggers{"nmi", "reset", "init", "power", "sleep"};

/// Whether the registers are those of a 32-bit guest. User mode tells nothing: a 64-bit kernel may
/// run a 32-bit program, but then its own translation registers use their upper halves.
VcpuContext::Width width_of(const xenabi::VcpuGuestContext& context) {
    constexpr std::uint64_t kMode32 = 0x10;
    const bool narrow = (context.cpsr & kMode32) != 0 && (context.ttbcr >> 32) == 0;
    return narrow ? VcpuContext::Width::k32 : VcpuContext::Width::k64;
}

}  // namespace

Result<std::vector<bool>> Hypervisor::node_affinity(DomainId id, std::uint32_t nodes) const {
    const auto size = static_cast<std::size_t>(align_up(nodes, 64) / 8);
    ZEROTH_TRY(auto call,
               Call::domctl(*privcmd_, version_->domctl, Domctl::kGetNodeAffinity, id, size));
    call.set(xenabi::NodeAffinity{{call.payload_address(), nodes, 0}});
    ZEROTH_CHECK(call.run("of domain {}", id.raw()));
    std::vector<bool> map(nodes);
    for (std::uint32_t i = 0; i < nodes; ++i) {
        map[i] = std::to_integer<bool>(call.payload()[i / 8] >> (i % 8) & std::byte{1});
    }
    return map;
}

Result<> Hypervisor::send_trigger(DomainId id, Trigger trigger, VcpuId vcpu) const {
    ZEROTH_TRY(auto call, Call::domctl(*privcmd_, version_->domctl, Domctl::kSendTrigger, id));
    call.set(xenabi::SendTrigger{std::to_underlying(trigger), vcpu.raw()});
    return call.run_void("{} to vCPU {} of domain {}", kTriggers.at(std::to_underlying(trigger)),
                         vcpu.raw(), id.raw());
}

Result<> Hypervisor::remote_shutdown(DomainId id, ShutdownReason reason) const {
    ZEROTH_TRY(auto call, Call::plain(*privcmd_, xenabi::Op::kSchedOp,
                                      std::to_underlying(xenabi::SchedOp::kRemoteShutdown),
                                      "SCHEDOP_remote_shutdown", sizeof(xenabi::RemoteShutdown)));
    call.set(xenabi::RemoteShutdown{id.raw(), 0, std::to_underlying(reason)});
    return call.run_void("of domain {} for reason {}", id.raw(), std::to_underlying(reason));
}

Result<VcpuState> Hypervisor::vcpu_state(DomainId id, VcpuId vcpu) const {
    using Context = xenabi::VcpuGuestContext;
    ZEROTH_TRY(auto call, Call::domctl(*privcmd_, version_->domctl, Domctl::kGetVcpuContext, id,
                                       sizeof(Context)));
    call.set(xenabi::VcpuContextArgument{vcpu.raw(), 0, call.payload_address()});
    ZEROTH_CHECK(call.run("of vCPU {} of domain {}", vcpu.raw(), id.raw()));
    Context context;
    std::memcpy(&context, call.payload().data(), sizeof context);
    const auto bytes = call.payload();
    return VcpuState{{bytes.begin(), bytes.end()}, width_of(context)};
}

Result<> Hypervisor::claim_pages(DomainId id, std::uint64_t pages) const {
    ZEROTH_TRY(auto call, Call::plain(*privcmd_, xenabi::Op::kMemoryOp,
                                      std::to_underlying(xenabi::MemoryOp::kClaimPages),
                                      "XENMEM_claim_pages", sizeof(xenabi::MemoryReservation)));
    call.set(xenabi::MemoryReservation{0, pages, 0, 0, id.raw(), {}});
    return call.run_void("of {} pages for domain {}", pages, id.raw());
}

Result<GuestFrame> Hypervisor::maximum_gpfn(DomainId id) const {
    ZEROTH_TRY(auto call, Call::plain(*privcmd_, xenabi::Op::kMemoryOp,
                                      std::to_underlying(xenabi::MemoryOp::kMaximumGpfn),
                                      "XENMEM_maximum_gpfn", sizeof(xenabi::MemoryDomain)));
    call.set(xenabi::MemoryDomain{id.raw()});
    ZEROTH_TRY(const auto frame, call.run("of domain {}", id.raw()));
    return GuestFrame{static_cast<std::uint64_t>(frame)};
}

}  // namespace zeroth::hyper
