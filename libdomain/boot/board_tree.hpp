// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "libdomain/boot/layout.hpp"

namespace zeroth::boot {

/// What a board's device tree says of how to boot it.
struct BoardTree {
    std::string model;
    /// An Allwinner chip's.
    bool is_sunxi = false;
    /// The first bank of RAM, as far as it lies below 4 GiB; many trees leave it to the firmware.
    std::optional<Region> ram;
    /// What it reserves, /memreserve/ and /reserved-memory.
    std::vector<Region> reserved;
    /// The path of the serial port for Xen: /chosen/stdout-path, or the alias serial0.
    std::string console;
};

/// Nothing in the blob is trusted.
Result<BoardTree> read_board_tree(std::span<const std::byte> blob);

}  // namespace zeroth::boot
