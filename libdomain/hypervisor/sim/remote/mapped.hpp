// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "core/result.hpp"
#include "libdomain/hypervisor/privcmd.hpp"
#include "libdomain/hypervisor/sim/backing.hpp"
#include "libdomain/hypervisor/sim/remote/line.hpp"

namespace zeroth::hyper::sim {

/// Maps what the machine lets us: `words` is its reply, a number for the mapping and then where the
/// frames lie in its memory.
inline Result<Mapping> map_here(MappingOwner& owner, int memory,
                                const std::vector<std::uint64_t>& words) {
    std::vector<FrameRange> frames;
    for (std::size_t i = 1; i + 1 < words.size(); i += 2) {
        frames.push_back({words[i], words[i + 1]});
    }
    if (frames.empty()) return fail(EPROTO, "a mapping of the simulated machine's memory");
    ZEROTH_TRY(const auto bytes, Backing::map(memory, frames));
    return Mapping{owner, bytes, std::bit_cast<void*>(static_cast<std::uintptr_t>(words[0]))};
}

inline void unmap_here(Line& line, std::span<std::byte> bytes, void* token) {
    Backing::unmap(bytes);
    static_cast<void>(line.ask(Request::kUnmap, {std::bit_cast<std::uintptr_t>(token)}));
}

}  // namespace zeroth::hyper::sim
