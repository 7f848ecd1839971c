// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstdlib>
#include <span>

#include "libdomain/plan/dts.hpp"
#include "libdomain/plan/fdt_writer.hpp"
#include "libdomain/plan/partial_tree.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace zeroth::plan;
    const std::span blob{reinterpret_cast<const std::byte*>(data), size};
    [[maybe_unused]] const auto printed = print_device_tree(blob);

    FdtWriter tree;
    tree.begin_node("");
    const auto copied = copy_partial_tree(blob, tree);
    tree.end_node();
    const auto result = tree.finish();
    // What was accepted makes a sound tree.
    if (copied && result && !print_device_tree(*result)) std::abort();
    return 0;
}
