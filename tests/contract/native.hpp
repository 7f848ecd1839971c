// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "libdomain/hypervisor/hypervisor.hpp"

namespace zeroth::testing {

/// A guest of the host's own width: of 32 bits on a 32-bit Xen, which has no other.
struct Native {
    unsigned bits;
    hyper::VcpuContext::Width width;
    /// What it starts in, and what the other width would: EL1h, or SVC with flag Z.
    std::uint64_t psr, psr_of_other;
    /// `wfi`, and a branch back to it: a whole guest.
    std::array<std::uint32_t, 2> program;
};
inline constexpr std::uint64_t kPsr64 = 0x3c5, kPsr32 = 0x400001d3;
inline constexpr Native kNative64{
    64, hyper::VcpuContext::Width::k64, kPsr64, kPsr32, {0xd503207f, 0x17ffffff}};
inline constexpr Native kNative32{
    32, hyper::VcpuContext::Width::k32, kPsr32, kPsr64, {0xe320f003, 0xeafffffd}};

inline const Native& native_of(const hyper::Hypervisor& xen) {
    const bool wide = xen.version().capabilities.find("xen-3.0-aarch64") != std::string::npos;
    return wide ? kNative64 : kNative32;
}

}  // namespace zeroth::testing
