// SPDX-License-Identifier: Apache-2.0
#include "libdomain/boot/boards.hpp"

#include <algorithm>
#include <array>

namespace zeroth::boot {
namespace {

constexpr std::uint64_t kSunxiRam = 0x40000000;

// RAM and trees: Linux, arch/arm/boot/dts and arch/arm64/boot/dts; Midway's addresses are the Xen
// project's page on it.
constexpr std::array kBoards{
    Board{.name = "bananapi",
          .tree = "sun7i-a20-bananapi",
          .ram_start = kSunxiRam,
          .ram_size = mib(1024),
          .console = nullptr,
          .is_64_bit = false,
          .script = kSunxiScript,
          .description = "Allwinner A20, 1 GiB"},
    Board{.name = "cubieboard2",
          .tree = "sun7i-a20-cubieboard2",
          .ram_start = kSunxiRam,
          .ram_size = mib(1024),
          .console = nullptr,
          .is_64_bit = false,
          .script = kSunxiScript,
          .description = "Allwinner A20, 1 GiB"},
    Board{.name = "cubietruck",
          .tree = "sun7i-a20-cubietruck",
          .ram_start = kSunxiRam,
          .ram_size = mib(2048),
          .console = nullptr,
          .is_64_bit = false,
          .script = kSunxiScript,
          .description = "Allwinner A20, 2 GiB"},
    Board{.name = "midway",
          .tree = "ecx-2000",
          .ram_start = 0,
          .ram_size = mib(4088),
          .console = "/soc/serial@fff36000",
          .is_64_bit = false,
          .firmware_tree = true,
          .xen = 0x800000,
          .kernel = 0x1000000,
          .description = "Calxeda ECX-2000, 4 GiB or more; its firmware has the device tree"},
    Board{.name = "orangepi-pc",
          .tree = "sun8i-h3-orangepi-pc",
          .ram_start = kSunxiRam,
          .ram_size = mib(1024),
          .console = nullptr,
          .is_64_bit = false,
          .script = kSunxiScript,
          .description = "Allwinner H3, 1 GiB"},
    Board{.name = "orangepi-pc2",
          .tree = "sun50i-h5-orangepi-pc2",
          .ram_start = kSunxiRam,
          .ram_size = mib(1024),
          .console = nullptr,
          .is_64_bit = true,
          .script = kSunxiScript,
          .description = "Allwinner H5, 1 GiB"},
    Board{.name = "pine64-plus",
          .tree = "sun50i-a64-pine64-plus",
          .ram_start = kSunxiRam,
          .ram_size = mib(2048),
          .console = nullptr,
          .is_64_bit = true,
          .script = kSunxiScript,
          .description = "Allwinner A64, 2 GiB"},
    Board{.name = "qemu-arm64",
          .tree = nullptr,
          .ram_start = 0x40000000,
          .ram_size = mib(2048),
          .console = "/pl011@9000000",
          .is_64_bit = true,
          .script = 0x40200000,
          .firmware_tree = true,
          .description = "QEMU's virt machine with U-Boot, which has the device tree"},
};

}  // namespace

std::span<const Board> boards() { return kBoards; }

const Board* find_board(std::string_view name) {
    const auto* const found = std::ranges::find(kBoards, name, &Board::name);
    return found == kBoards.end() ? nullptr : found;
}

}  // namespace zeroth::boot
