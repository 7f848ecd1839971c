// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include "libdomain/hypervisor/sim/machine.hpp"
#include "libdomain/hypervisor/sim/state.hpp"

namespace zeroth::hyper::sim {

/// A mapping for a moment, as on Xen; "map" to faults and the transcript.
Result<std::vector<bool>> Machine::read_frames(DomainId domain, std::span<const GuestFrame> frames,
                                               std::span<std::byte> to) {
    std::vector<bool> present(frames.size());
    if (frames.empty()) return present;
    const auto what = fmt::format("gfn {:#x} of domain {}", frames.front().raw(), domain.raw());
    const std::scoped_lock lock{state_->mutex};
    const int fault = state_->faults.enter("map");
    state_->faults.tell("map",
                        fmt::format("domain {}: what there is of {} frames from gfn {:#x}",
                                    domain.raw(), frames.size(), frames.front().raw()),
                        -fault);
    if (fault != 0) return zeroth::fail(fault, what);
    const auto* const owner = state_->find(domain);
    if (owner == nullptr) {
        return zeroth::fail(Error::message(ESRCH, fmt::format("{}: no such domain", what)));
    }
    for (std::size_t i = 0; i < frames.size(); ++i) {
        const auto frame = owner->p2m.find(frames[i].raw());
        if (!frame) continue;
        const FrameRange range{*frame, 1};
        ZEROTH_TRY(const auto page, state_->backing.map({&range, 1}));
        std::ranges::copy(page, to.begin() + static_cast<std::ptrdiff_t>(i * kPageSize));
        Backing::unmap(page);
        present[i] = true;
    }
    return present;
}

}  // namespace zeroth::hyper::sim
