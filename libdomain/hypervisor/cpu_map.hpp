// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/units.hpp"
#include "libdomain/hypervisor/types.hpp"

/// CPU maps as Xen's bitmaps. Only the .cpp files of this folder include it.
namespace zeroth::hyper {

inline std::size_t map_bytes(std::uint32_t bits) {
    return static_cast<std::size_t>(align_up(bits, 64) / 8);
}

inline void pack(const CpuMap& map, std::span<std::byte> to) {
    for (std::size_t cpu = 0; cpu < map.size() && cpu / 8 < to.size(); ++cpu) {
        if (map[cpu]) to[cpu / 8] |= std::byte{1} << (cpu % 8);
    }
}

inline CpuMap unpack(std::span<const std::byte> from, std::uint32_t bits) {
    CpuMap map(bits);
    for (std::size_t cpu = 0; cpu < bits; ++cpu) {
        map[cpu] = std::to_integer<bool>(from[cpu / 8] >> (cpu % 8) & std::byte{1});
    }
    return map;
}

}  // namespace zeroth::hyper
