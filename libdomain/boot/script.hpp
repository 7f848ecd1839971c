// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "libdomain/boot/layout.hpp"

namespace zeroth::boot {

/// Where U-Boot gets the files from: whatever it boots from (mmc if it does not say), a TFTP
/// server, or memory, where sunxi-fel put them over USB.
enum class Source { kMmc, kTftp, kFel };

/// All that a script says.
struct Recipe {
    Layout layout;
    Source source = Source::kMmc;
    bool is_64_bit = false;
    /// The tree is the firmware's, in ${fdt_addr}; with FEL and else a file's.
    bool firmware_tree = false;
    /// What the board is called, for people.
    std::string board{};
    /// What each file is called where U-Boot finds it. No ramdisk: empty.
    std::string xen{}, kernel{}, ramdisk{}, tree{};
    std::string xen_arguments{}, dom0_arguments{};
};

/// boot.cmd, for U-Boot's `source` once it is an image (script_image.hpp).
std::string boot_script(const Recipe& recipe);

/// A shell script that sends everything over USB and starts it, for an Allwinner board in FEL mode.
std::string fel_script(const Recipe& recipe);

}  // namespace zeroth::boot
