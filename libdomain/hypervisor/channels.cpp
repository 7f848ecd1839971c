// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>

#include "libdomain/hypervisor/abi/domctl.hpp"
#include "libdomain/hypervisor/abi/stable.hpp"
#include "libdomain/hypervisor/call.hpp"
#include "libdomain/hypervisor/hypervisor.hpp"

namespace zeroth::hyper {
namespace {

constexpr std::uint32_t kGrantsPerFrame = kPageSize / sizeof(xenabi::GrantEntry);

std::string text_of(HvmParam param) {
    switch (param) {
        case HvmParam::kCallbackIrq:
            return "CALLBACK_IRQ";
        case HvmParam::kStorePfn:
            return "STORE_PFN";
        case HvmParam::kStoreEvtchn:
            return "STORE_EVTCHN";
        case HvmParam::kConsolePfn:
            return "CONSOLE_PFN";
        case HvmParam::kConsoleEvtchn:
            return "CONSOLE_EVTCHN";
        case HvmParam::kMonitorRingPfn:
            return "MONITOR_RING_PFN";
    }
    return fmt::format("{}", std::to_underlying(param));
}

Result<Call> param_call(Privcmd& privcmd, xenabi::HvmOp op, DomainId id, HvmParam param,
                        std::uint64_t value) {
    ZEROTH_TRY(auto call,
               Call::plain(privcmd, xenabi::Op::kHvmOp, std::to_underlying(op),
                           op == xenabi::HvmOp::kSetParam ? "HVMOP_set_param" : "HVMOP_get_param",
                           sizeof(xenabi::HvmParamArgument)));
    call.set(xenabi::HvmParamArgument{id.raw(), 0, std::to_underlying(param), value});
    return call;
}

/// The guest may be running: the entry is whole before its flags say that it is in use.
void write_entry(std::span<std::byte> table, const Hypervisor::GrantSeed& seed) {
    void* const at = table.subspan(seed.ref.raw() * sizeof(xenabi::GrantEntry)).data();
    auto& entry = *static_cast<xenabi::GrantEntry*>(at);
    entry.domid = seed.to.raw();
    entry.frame = static_cast<std::uint32_t>(seed.frame.raw());
    std::atomic_ref{entry.flags}.store(xenabi::kGrantPermitAccess, std::memory_order_release);
}

}  // namespace

Result<Port> Hypervisor::alloc_unbound(DomainId id, DomainId remote) const {
    ZEROTH_TRY(auto call, Call::plain(*privcmd_, xenabi::Op::kEventChannelOp,
                                      std::to_underlying(xenabi::EventChannelOp::kAllocUnbound),
                                      "EVTCHNOP_alloc_unbound", sizeof(xenabi::AllocUnbound)));
    call.set(xenabi::AllocUnbound{id.raw(), remote.raw(), 0});
    ZEROTH_CHECK(call.run("of domain {} for domain {}", id.raw(), remote.raw()));
    return Port{call.get<xenabi::AllocUnbound>().port};
}

Result<> Hypervisor::set_param(DomainId id, HvmParam param, std::uint64_t value) const {
    ZEROTH_TRY(auto call, param_call(*privcmd_, xenabi::HvmOp::kSetParam, id, param, value));
    return call.run_void("{} = {:#x} of domain {}", text_of(param), value, id.raw());
}

Result<std::uint64_t> Hypervisor::get_param(DomainId id, HvmParam param) const {
    ZEROTH_TRY(auto call, param_call(*privcmd_, xenabi::HvmOp::kGetParam, id, param, 0));
    ZEROTH_CHECK(call.run("{} of domain {}", text_of(param), id.raw()));
    return call.get<xenabi::HvmParamArgument>().value;
}

Result<> Hypervisor::seed_grants(DomainId id, std::span<const GrantSeed> seeds) const {
    if (seeds.empty()) return {};
    const auto highest = std::ranges::max(seeds, {}, [](const auto& seed) { return seed.ref; });
    const auto frames = highest.ref.raw() / kGrantsPerFrame + 1;
    auto mapping = privcmd_->map_resource(id, xenabi::kResourceGrantTable,
                                          xenabi::kGrantTableShared, 0, frames);
    if (!mapping) {
        return fail(std::move(mapping).error().within(
            fmt::format("{} frames of the grant table of domain {}", frames, id.raw())));
    }
    for (const auto& seed : seeds) write_entry(mapping->bytes(), seed);
    return {};
}

Result<Port> Hypervisor::init_vuart(DomainId id, GuestFrame ring, DomainId console_domain) const {
    ZEROTH_TRY(auto call, Call::domctl(*privcmd_, version_->domctl, xenabi::Domctl::kVuartOp, id));
    xenabi::VuartOp body{};
    body.gfn = ring.raw();
    body.console_domid = console_domain.raw();
    call.set(body);
    ZEROTH_CHECK(call.run("INIT of domain {} with gfn {:#x}", id.raw(), ring.raw()));
    return Port{call.get<xenabi::VuartOp>().evtchn};
}

}  // namespace zeroth::hyper
