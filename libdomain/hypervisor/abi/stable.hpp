// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

/// Argument structures of the hypercalls whose ABI Xen keeps (memory.h, version.h, event_channel.h,
/// hvm/params.h, grant_table.h), as ARM has them.
namespace zeroth::xenabi {

/// struct xen_memory_reservation.
struct MemoryReservation {
    std::uint64_t extent_start, nr_extents;
    std::uint32_t extent_order, mem_flags;
    std::uint16_t domid;
    std::array<std::uint16_t, 3> pad;
};
static_assert(sizeof(MemoryReservation) == 32);

/// struct xen_memory_domain.
struct MemoryDomain {
    std::uint16_t domid;
};

/// struct sched_remote_shutdown.
struct RemoteShutdown {
    std::uint16_t domain_id, pad;
    std::uint32_t reason;
};
static_assert(sizeof(RemoteShutdown) == 8);

struct HvmParamArgument {
    std::uint16_t domid, pad;
    std::uint32_t index;
    std::uint64_t value;
};
static_assert(sizeof(HvmParamArgument) == 16);

/// struct evtchn_alloc_unbound.
struct AllocUnbound {
    std::uint16_t dom, remote_dom;
    std::uint32_t port;
};
static_assert(sizeof(AllocUnbound) == 8);

/// struct grant_entry_v1.
struct GrantEntry {
    std::uint16_t flags, domid;
    std::uint32_t frame;
};
static_assert(sizeof(GrantEntry) == 8);

struct CompileInfo {
    std::array<char, 64> compiler;
    std::array<char, 16> compile_by;
    std::array<char, 32> compile_domain, compile_date;
};
static_assert(sizeof(CompileInfo) == 144);

/// xen_build_id and xen_varbuf: a length, then that many bytes.
struct VariableBuffer {
    std::uint32_t len;
};

inline constexpr std::size_t kExtraVersionSize = 16;
inline constexpr std::size_t kCapabilitiesSize = 1024;
inline constexpr std::size_t kChangesetSize = 64;
inline constexpr std::size_t kCommandLineSize = 1024;

}  // namespace zeroth::xenabi
