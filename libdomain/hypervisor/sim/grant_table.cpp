// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/sim/grant_table.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <utility>

#include "libdomain/hypervisor/abi/numbers.hpp"
#include "libdomain/hypervisor/abi/stable.hpp"
#include "libdomain/hypervisor/sim/holding.hpp"
#include "libdomain/hypervisor/sim/state.hpp"

namespace zeroth::hyper::sim {
namespace {

constexpr std::uint32_t kEntriesPerFrame = kPageSize / sizeof(xenabi::GrantEntry);
constexpr std::uint16_t kTypeMask = 3;
/// GTF_reading and GTF_writing: what Xen sets while the grant is mapped.
constexpr std::uint16_t kInUse = 8 | 16;

/// Lets `change` work on a domain's grant entry; false when there is no such entry.
template <class Change>
bool with_entry(const State& state, const Domain& domain, std::uint32_t ref, Change change) {
    if (ref / kEntriesPerFrame >= domain.grant_frames.size()) return false;
    const FrameRange frame{domain.grant_frames[ref / kEntriesPerFrame], 1};
    auto* const at =
        state.backing.frames(frame).data() + (ref % kEntriesPerFrame) * sizeof(xenabi::GrantEntry);
    xenabi::GrantEntry entry;
    std::memcpy(&entry, at, sizeof entry);
    change(entry);
    std::memcpy(at, &entry, sizeof entry);
    return true;
}

/// The frame that an entry lets dom0 use; `in_use` is what to mark the entry with.
std::optional<std::uint64_t> granted_frame(State& state, DomainId domain, GrantRef ref,
                                           std::uint16_t in_use) {
    const auto* const owner = state.find(domain);
    std::optional<std::uint64_t> frame;
    if (owner == nullptr || owner->dying) return frame;
    with_entry(state, *owner, ref.raw(), [&](xenabi::GrantEntry& entry) {
        if ((entry.flags & kTypeMask) != xenabi::kGrantPermitAccess) return;
        if (DomainId{entry.domid} != kDomain0) return;
        frame = owner->p2m.find(entry.frame);
        if (frame) entry.flags |= in_use;
    });
    return frame;
}

}  // namespace

Result<> GrantHandle::copy_to(DomainId domain, std::span<const GrantCopy> pieces) {
    const auto subject = fmt::format("domain {}: {} pieces", domain.raw(), pieces.size());
    const std::scoped_lock lock{state_->mutex};
    const int fault = state_->faults.enter("grant_copy");
    state_->faults.tell("grant_copy", subject, -fault);
    if (fault != 0) return fail(fault, fmt::format("copy to {}", subject));
    for (const auto& piece : pieces) {
        const auto what =
            fmt::format("copy to grant {} of domain {}", piece.ref.raw(), domain.raw());
        if (piece.offset + piece.bytes.size() > kPageSize) return fail(EINVAL, what);
        const auto frame = granted_frame(*state_, domain, piece.ref, 0);
        if (!frame) return fail(EINVAL, what);
        const auto page = state_->backing.frames({*frame, 1});
        std::memcpy(page.data() + piece.offset, piece.bytes.data(), piece.bytes.size());
    }
    return {};
}

Result<const MappingRecord*> hold_grant(State& state, DomainId domain, GrantRef ref) {
    const auto what = fmt::format("grant {} of domain {}", ref.raw(), domain.raw());
    const int fault = state.faults.enter("map_grant");
    state.faults.tell("map_grant", what, -fault);
    if (fault != 0) return fail(fault, what);
    const auto frame = granted_frame(state, domain, ref, kInUse);
    if (!frame) return fail(EINVAL, what);
    return state.hold({domain, {{*frame, 1}}, ref.raw()});
}

void drop_grant(State& state, const MappingRecord* record) {
    if (auto* const owner = state.find(record->domain); owner != nullptr && record->grant) {
        with_entry(state, *owner, *record->grant, [](xenabi::GrantEntry& entry) {
            entry.flags = static_cast<std::uint16_t>(entry.flags & ~kInUse);
        });
    }
    state.drop(record);
}

Result<Mapping> GrantHandle::map(DomainId domain, GrantRef ref) {
    const std::scoped_lock lock{state_->mutex};
    return map_here(*this, *state_, hold_grant(*state_, domain, ref));
}

void GrantHandle::unmap(std::span<std::byte> bytes, void* token) {
    const std::scoped_lock lock{state_->mutex};
    Backing::unmap(bytes);
    drop_grant(*state_, static_cast<const MappingRecord*>(token));
}

}  // namespace zeroth::hyper::sim
