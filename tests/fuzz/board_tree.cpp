// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstdlib>
#include <span>

#include "libdomain/boot/board_tree.hpp"
#include "libdomain/boot/boot_tree.hpp"
#include "libdomain/plan/fdt_check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace zeroth;
    const std::span blob{reinterpret_cast<const std::byte*>(data), size};
    if (!boot::read_board_tree(blob)) return 0;
    const auto tree =
        boot::with_modules(blob, "console=dtuart",
                           {{.start = 1 << 21, .size = 7, .is_kernel = true, .arguments = "x"}});
    // What was made of a sound tree is one.
    if (tree && !plan::check_device_tree(*tree)) std::abort();
    return 0;
}
