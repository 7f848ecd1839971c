// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/sim/holding.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <utility>

#include "libdomain/hypervisor/abi/numbers.hpp"
#include "libdomain/hypervisor/sim/state.hpp"

namespace zeroth::hyper::sim {

Result<const MappingRecord*> hold_frames(State& state, DomainId domain,
                                         std::span<const GuestFrame> frames) {
    const auto first = frames.empty() ? GuestFrame{} : frames.front();
    const auto what = fmt::format("gfn {:#x} of domain {}", first.raw(), domain.raw());
    const int fault = state.faults.enter("map");
    state.faults.tell("map",
                      fmt::format("domain {}: {} frames from gfn {:#x}", domain.raw(),
                                  frames.size(), first.raw()),
                      -fault);
    if (fault != 0) return fail(fault, what);
    if (frames.empty()) return fail(EINVAL, fmt::format("no frames of domain {}", domain.raw()));
    const auto* const owner = state.find(domain);
    if (owner == nullptr) {
        return fail(Error::message(ESRCH, fmt::format("{}: no such domain", what)));
    }
    MappingRecord record{domain, {}, std::nullopt};
    for (const auto frame : frames) {
        const auto machine_frame = owner->p2m.find(frame.raw());
        if (!machine_frame) {
            return fail(EINVAL, fmt::format("gfn {:#x} of domain {}", frame.raw(), domain.raw()));
        }
        append(record.frames, {*machine_frame, 1});
    }
    return state.hold(std::move(record));
}

Result<const MappingRecord*> hold_resource(State& state, DomainId domain, std::uint32_t type,
                                           std::uint32_t id, std::uint64_t first,
                                           std::uint64_t count) {
    const auto what = fmt::format("resource {} of domain {}", type, domain.raw());
    const int fault = state.faults.enter("map_resource");
    state.faults.tell("map_resource", fmt::format("domain {}: type {}", domain.raw(), type),
                      -fault);
    if (fault != 0) return fail(fault, what);
    auto* const owner = state.find(domain);
    if (owner == nullptr) {
        return fail(Error::message(ESRCH, fmt::format("{}: no such domain", what)));
    }
    if (type != xenabi::kResourceGrantTable) {
        return fail(state.layouts->minor < 20 ? EOPNOTSUPP : EINVAL, what);
    }
    const bool shared_grants = id == xenabi::kGrantTableShared && domain != kDomain0;
    if (!shared_grants || count == 0 || !grow_grant_table(state, *owner, first + count)) {
        return fail(EINVAL, what);
    }
    MappingRecord record{domain, {}, std::nullopt};
    const auto frames = std::span{owner->grant_frames}.subspan(static_cast<std::size_t>(first),
                                                               static_cast<std::size_t>(count));
    for (const auto frame : frames) append(record.frames, {frame, 1});
    return state.hold(std::move(record));
}

Result<Mapping> map_here(MappingOwner& owner, State& state,
                         const Result<const MappingRecord*>& held) {
    if (!held) return fail(Error{held.error()});
    auto bytes = state.backing.map((*held)->frames);
    if (!bytes) {
        state.drop(*held);
        return fail(std::move(bytes).error());
    }
    return Mapping{owner, *bytes, const_cast<MappingRecord*>(*held)};
}

}  // namespace zeroth::hyper::sim
