// SPDX-License-Identifier: Apache-2.0
#include "libdomain/boot/boot_tree.hpp"

#include <gtest/gtest.h>

#include "libdomain/boot/board_tree.hpp"
#include "libdomain/plan/dts.hpp"
#include "libdomain/plan/fdt_writer.hpp"

namespace zeroth::boot {
namespace {

/// As Linux's tree of an A20 board, as far as booting goes.
std::vector<std::byte> board() {
    plan::FdtWriter tree;
    {
        const plan::FdtNode root{tree, ""};
        tree.cells("#address-cells", {1});
        tree.cells("#size-cells", {1});
        tree.string("model", "Board");
        tree.strings("compatible", {"maker,board", "allwinner,sun7i-a20"});
        {
            const plan::FdtNode aliases{tree, "aliases"};
            tree.string("serial0", "/soc/serial@1c28000");
        }
        {
            const plan::FdtNode chosen{tree, "chosen"};
            tree.string("stdout-path", "serial0:115200n8");
            const plan::FdtNode old{tree, "module@1234"};
            tree.string("bootargs", "of another boot");
        }
        {
            const plan::FdtNode memory{tree, "memory@40000000"};
            tree.string("device_type", "memory");
            tree.cells("reg", {0x40000000, 0x20000000, 0x60000000, 0x20000000});
        }
        const plan::FdtNode reserved{tree, "reserved-memory"};
        tree.cells("#address-cells", {1});
        tree.cells("#size-cells", {1});
        const plan::FdtNode pool{tree, "cma@4a000000"};
        tree.cells("reg", {0x4a000000, 0x6000000});
    }
    return *tree.finish();
}

TEST(BoardTree, IsRead) {
    const auto tree = read_board_tree(board());
    ASSERT_TRUE(tree) << tree.error().text();
    EXPECT_EQ(tree->model, "Board");
    EXPECT_TRUE(tree->is_sunxi);
    EXPECT_EQ(tree->console, "/soc/serial@1c28000");
    ASSERT_TRUE(tree->ram);
    EXPECT_EQ(tree->ram->start, 0x40000000);
    EXPECT_EQ(tree->ram->size, 0x40000000);
    ASSERT_EQ(tree->reserved.size(), 1);
    EXPECT_EQ(tree->reserved[0].start, 0x4a000000);
    EXPECT_EQ(tree->reserved[0].size, 0x6000000);
    EXPECT_EQ(tree->reserved[0].what, "reserved: cma@4a000000");
}

TEST(BoardTree, BrokenOnesAreRefused) {
    auto blob = board();
    blob.resize(100);
    EXPECT_FALSE(read_board_tree(blob));
    EXPECT_FALSE(read_board_tree({}));
    EXPECT_FALSE(with_modules(blob, "", {}));
}

TEST(BootTree, HasTheModules) {
    const auto tree = with_modules(
        board(), "dom0_mem=128M",
        {{.start = 0x7f600000, .size = 5526016, .is_kernel = true, .arguments = "console=hvc0"},
         {.start = 0x7ee00000, .size = 7}});
    ASSERT_TRUE(tree) << tree.error().text();
    const auto text = plan::print_device_tree(*tree);
    ASSERT_TRUE(text) << text.error().text();
    for (const char* const line : {"xen,xen-bootargs = \"dom0_mem=128M\";", "module@7f600000 {",
                                   "compatible = \"xen,linux-zimage\\0xen,multiboot-module\";",
                                   "bootargs = \"console=hvc0\";", "module@7ee00000 {",
                                   "compatible = \"xen,linux-initrd\\0xen,multiboot-module\";"})
        EXPECT_NE(text->find(line), text->npos) << line << "\n" << *text;
    EXPECT_EQ(text->find("of another boot"), text->npos) << *text;
    // As it was otherwise.
    EXPECT_EQ(read_board_tree(*tree)->console, "/soc/serial@1c28000");
}

}  // namespace
}  // namespace zeroth::boot
