// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

#include "core/ids.hpp"

/// The guest-physical address space as Xen lays it out (xen/include/public/arch-arm.h; the same in
/// every release from 4.17 on).
namespace zeroth::plan {

struct Span {
    std::uint64_t start = 0, size = 0;

    constexpr std::uint64_t end() const { return start + size; }
    constexpr bool overlaps(const Span& other) const {
        return start < other.end() && other.start < end();
    }
};

inline constexpr std::uint64_t kKiB = 1024, kMiB = 1024 * kKiB, kGiB = 1024 * kMiB;

inline constexpr Span kGicDistributorV2{0x0300'1000, 0x1000}, kGicCpuInterface{0x0300'2000, 0x2000};
inline constexpr Span kGicDistributorV3{0x0300'1000, 0x1'0000},
    kGicRedistributors{0x0302'0000, 0x100'0000};
inline constexpr Span kPl011{0x2200'0000, 0x1000};
inline constexpr Span kGrantTable{0x3800'0000, 0x100'0000};
inline constexpr Span kMagic{0x3900'0000, 0x100'0000};

/// Where RAM may be; bank 1 is used for what bank 0 does not hold.
inline constexpr std::array<Span, 2> kRamBanks{
    Span{0x4000'0000, 3 * kGiB},
    Span{0x2'0000'0000, 1016 * kGiB},
};

inline constexpr GuestFrame kConsoleFrame{0x39000}, kStoreFrame{0x39001}, kMemaccessFrame{0x39002},
    kVuartFrame{0x39003};
inline constexpr std::uint64_t kMagicPages = 4;

inline constexpr std::uint32_t kVuartSpi = 32, kFirstSpi = 32, kLastSpi = 1019, kMostSpis = 960;
/// PPIs as interrupt numbers: 16 less in a device tree.
inline constexpr std::uint32_t kTimerSecurePpi = 29, kTimerNonSecurePpi = 30, kTimerVirtualPpi = 27,
                               kEventChannelPpi = 31;
inline constexpr std::uint32_t kGicPhandle = 65000, kGrantDmaPhandle = 65001;

inline constexpr std::uint32_t kMostVcpusGicV2 = 8, kMostVcpus = 128;

}  // namespace zeroth::plan
