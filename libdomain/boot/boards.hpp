// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/units.hpp"

namespace zeroth::boot {

/// What is known of a board without its device tree.
struct Board {
    const char* name;
    /// The tree's name among Linux's: allwinner/NAME.dtb, with Debian's kernel.
    const char* tree;
    std::uint64_t ram_start;
    KiB ram_size;
    /// The first serial port; nullptr: only the tree knows.
    const char* console;
    bool is_64_bit;
    /// Where U-Boot puts scripts; 0: not known.
    std::uint64_t script = 0;
    /// The firmware has the tree, adjusted to the machine, in ${fdt_addr}, in the first 2 MiB of
    /// RAM.
    bool firmware_tree = false;
    /// Where it wants Xen and dom0's kernel; 0: where the rule puts them.
    std::uint64_t xen = 0, kernel = 0;
    const char* description;
};

std::span<const Board> boards();
const Board* find_board(std::string_view name);

/// On Allwinner's chips U-Boot puts scripts here, and FEL does; dom0 has to be told not to switch
/// off the clock of the serial port that Xen uses.
inline constexpr std::uint64_t kSunxiScript = 0x43100000;
inline constexpr const char* kSunxiDom0Args = "clk_ignore_unused";

}  // namespace zeroth::boot
