// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/strong.hpp"

/// The field's own names for things, as types (xen/include/public/xen.h, arch-arm.h).
namespace zeroth {

using DomainId = Strong<struct DomainIdTag, std::uint16_t>;
using VcpuId = Strong<struct VcpuIdTag, std::uint32_t>;
using PcpuId = Strong<struct PcpuIdTag, std::uint32_t>;
/// A frame of a guest's physical address space, 4 KiB each.
using GuestFrame = Strong<struct GuestFrameTag, std::uint64_t>;
/// A frame of the machine's address space, 4 KiB each.
using MachineFrame = Strong<struct MachineFrameTag, std::uint64_t>;
/// A guest-physical address, in bytes.
using GuestAddress = Strong<struct GuestAddressTag, std::uint64_t>;
/// An event channel port, meaningful within one domain.
using Port = Strong<struct PortTag, std::uint32_t>;
using GrantRef = Strong<struct GrantRefTag, std::uint32_t>;
using CpupoolId = Strong<struct CpupoolIdTag, std::uint32_t>;

inline constexpr DomainId kDomain0{0};
inline constexpr DomainId kDomainSelf{0x7FF0};
/// Asks createdomain for any free domid; the one value that every release takes.
inline constexpr DomainId kDomainAny{0x7FF5};
inline constexpr std::uint16_t kFirstReservedDomain = 0x7FF0;

inline constexpr unsigned kPageShift = 12;
inline constexpr std::uint64_t kPageSize = 1U << kPageShift;

constexpr GuestAddress address_of(GuestFrame frame) {
    return GuestAddress{frame.raw() << kPageShift};
}
/// The frame that holds the address.
constexpr GuestFrame frame_of(GuestAddress address) {
    return GuestFrame{address.raw() >> kPageShift};
}
constexpr GuestFrame operator+(GuestFrame frame, std::uint64_t count) {
    return GuestFrame{frame.raw() + count};
}
constexpr GuestAddress operator+(GuestAddress address, std::uint64_t bytes) {
    return GuestAddress{address.raw() + bytes};
}

}  // namespace zeroth
