// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "libdomain/hypervisor/abi/create_domain.hpp"
#include "libdomain/hypervisor/types.hpp"

namespace zeroth::xenabi {

/// What differs between the releases of Xen that this program can drive.
struct Layouts {
    /// "4.17"; `minor` is its second half.
    std::string_view release;
    std::uint32_t minor = 0;
    std::uint32_t domctl = 0, sysctl = 0;

    std::size_t create_domain_size = 0;
    void (*encode_create_domain)(const CreateDomain& from, std::span<std::byte> to) = nullptr;
    CreateDomain (*decode_create_domain)(std::span<const std::byte> from) = nullptr;
};

/// One row per release, oldest first.
std::span<const Layouts> all_layouts();

/// The row for what a hypervisor said: the interface version decides, and among rows that share
/// one, Xen's own version does. A release newer than all rows is served by the last row that it
/// agrees with; nullptr when no row has this domctl version.
const Layouts* find_layouts(std::uint32_t minor, std::uint32_t domctl);
/// "0x15 (Xen 4.17), 0x16 (Xen 4.18), 0x17 (Xen 4.19 to 4.21), 0x18 (Xen 4.22)".
std::string known_domctl_versions();

/// The one translation of a DomainSpec. What the release lacks is refused by name: "SVE needs Xen
/// 4.18 or later; this is 4.17".
Result<CreateDomain> to_create_domain(const hyper::DomainSpec& spec, const Layouts& layouts);

}  // namespace zeroth::xenabi
