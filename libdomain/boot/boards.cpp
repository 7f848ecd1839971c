// SPDX-License-Identifier: Apache-2.0
#include "libdomain/boot/boards.hpp"

#include <algorithm>
#include <array>

namespace zeroth::boot {
namespace {

constexpr std::uint64_t kSunxiRam = 0x40000000;

constexpr Board sunxi(const char* name, const char* tree, bool is_64_bit, KiB ram,
                      const char* description) {
    return {.name = name,
            .tree = tree,
            .ram_start = kSunxiRam,
            .ram_size = ram,
            .console = nullptr,
            .is_64_bit = is_64_bit,
            .script = kSunxiScript,
            .description = description};
}

// RAM and trees: Linux, arch/arm/boot/dts and arch/arm64/boot/dts; Midway's addresses are the Xen
// project's page on it.
constexpr std::array kBoards{
    sunxi("bananapi", "sun7i-a20-bananapi", false, mib(1024), "Allwinner A20, 1 GiB"),
    sunxi("cubieboard2", "sun7i-a20-cubieboard2", false, mib(1024), "Allwinner A20, 1 GiB"),
    sunxi("cubietruck", "sun7i-a20-cubietruck", false, mib(2048), "Allwinner A20, 2 GiB"),
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
    sunxi("orangepi-pc", "sun8i-h3-orangepi-pc", false, mib(1024), "Allwinner H3, 1 GiB"),
    sunxi("orangepi-pc2", "sun50i-h5-orangepi-pc2", true, mib(1024), "Allwinner H5, 1 GiB"),
    sunxi("pine64-plus", "sun50i-a64-pine64-plus", true, mib(2048), "Allwinner A64, 2 GiB"),
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
