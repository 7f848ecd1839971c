// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "core/ids.hpp"
#include "core/result.hpp"
#include "libdomain/hypervisor/privcmd.hpp"

namespace zeroth::hyper::sim {

struct MappingRecord;
struct State;

/// What is to be mapped by somebody: each counts as a use of the seam, and stays until
/// State::drop. The caller holds the state's mutex.
Result<const MappingRecord*> hold_frames(State& state, DomainId domain,
                                         std::span<const GuestFrame> frames);
Result<const MappingRecord*> hold_resource(State& state, DomainId domain, std::uint32_t type,
                                           std::uint32_t id, std::uint64_t first,
                                           std::uint64_t count);
Result<const MappingRecord*> hold_grant(State& state, DomainId domain, GrantRef ref);
/// A grant's entry is no longer marked as in use.
void drop_grant(State& state, const MappingRecord* record);

/// Maps it into this process; the record is the Mapping's token.
Result<Mapping> map_here(MappingOwner& owner, State& state,
                         const Result<const MappingRecord*>& held);

}  // namespace zeroth::hyper::sim
