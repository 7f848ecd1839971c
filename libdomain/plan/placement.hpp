// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/result.hpp"
#include "libdomain/config/domain_config.hpp"
#include "libdomain/image/kernel.hpp"
#include "libdomain/plan/layout.hpp"

namespace zeroth::plan {

using Banks = std::array<Span, 2>;

/// RAM from the bottom of bank 0 up, the rest in bank 1.
Result<Banks> fill_banks(KiB memory, std::uint8_t gpaddr_bits);

/// Address space behind the RAM of each bank, in pieces of at least 64 MiB, without what `iomem`
/// maps there.
std::vector<Span> extended_regions(const Banks& banks, std::uint8_t gpaddr_bits,
                                   const std::vector<config::IomemRange>& iomem);

/// Where things lie in RAM.
struct Placement {
    /// One per segment of the kernel.
    std::vector<Span> kernel;
    GuestAddress entry;
    std::optional<Span> ramdisk;
    Span device_tree;
};

/// Sizes of ramdisk and device tree are in bytes; both take whole pages.
Result<Placement> place(const image::KernelFacts& kernel, const Banks& banks,
                        std::optional<std::uint64_t> ramdisk_size, std::uint64_t device_tree_size);

}  // namespace zeroth::plan
