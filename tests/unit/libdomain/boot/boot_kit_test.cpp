// SPDX-License-Identifier: Apache-2.0
#include "libdomain/boot/boot_kit.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

#include "core/cursor.hpp"
#include "libdomain/boot/script_image.hpp"
#include "libdomain/plan/fdt_writer.hpp"
#include "tests/golden/golden.hpp"
#include "tests/unit/libdomain/image/image_files.hpp"

namespace zeroth::boot {
namespace {

using namespace zeroth::testing;
constexpr std::size_t kMiB = 1 << 20;

class BootKit : public ::testing::Test {
protected:
    std::string zimage_file(std::string_view name, std::size_t size) {
        return folder.file(name, zimage(size, 0, static_cast<std::uint32_t>(size)));
    }
    std::string image_file(std::string_view name, std::size_t size) {
        return folder.file(name,
                           arm64_image(size, {.text_offset = 0, .image_size = size, .flags = 0xA}));
    }
    std::string tree_file() {
        plan::FdtWriter tree;
        {
            const plan::FdtNode root{tree, ""};
            tree.cells("#address-cells", {1});
            tree.cells("#size-cells", {1});
            tree.string("model", "Cubietech Cubieboard2");
            tree.strings("compatible", {"allwinner,sun7i-a20"});
            const plan::FdtNode aliases{tree, "aliases"};
            tree.string("serial0", "/soc@01c00000/serial@01c28000");
        }
        return folder.file("sun7i-a20-cubieboard2.dtb", *tree.finish());
    }
    Order cubieboard2() {
        Order order;
        order.board = find_board("cubieboard2");
        order.tree = tree_file();
        order.xen = zimage_file("xen", kMiB);
        order.kernel = zimage_file("vmlinuz", 7 * kMiB + 8);
        order.ramdisk = folder.file("initrd.gz", Blob(8 * kMiB));
        order.xen_arguments = "console=dtuart dom0_mem=128M";
        order.dom0_arguments = "console=hvc0 ro root=/dev/sda1 \"quoted\" $x";
        order.keep_top = 2 * kMiB;
        return order;
    }
    Order midway() {
        Order order;
        order.board = find_board("midway");
        order.xen = zimage_file("xen", kMiB);
        order.kernel = zimage_file("vmlinuz", 5 * kMiB);
        return order;
    }
    /// What make_kit says is wrong.
    static std::string refusal(const Order& order) {
        const auto kit = make_kit(order, 0);
        if (!kit) return kit.error().text();
        return kit->problem ? kit->problem->text() : "nothing";
    }
    static void expect_script(std::string_view name, const Order& order) {
        const auto kit = make_kit(order, 0);
        ASSERT_TRUE(kit) << kit.error().text();
        ASSERT_FALSE(kit->problem) << kit->problem->text();
        expect_golden("boot/" + std::string{name}, kit->script);
    }

    TemporaryFolder folder;
};

TEST_F(BootKit, Cubieboard2FromItsCard) { expect_script("cubieboard2-mmc.cmd", cubieboard2()); }

TEST_F(BootKit, FromATftpServer) {
    auto order = cubieboard2();
    order.source = Source::kTftp;
    order.prefix = "/cubieboard/";
    expect_script("cubieboard2-tftp.cmd", order);
}

TEST_F(BootKit, MidwaysFirmwareHasTheTree) { expect_script("midway.cmd", midway()); }

TEST_F(BootKit, OverUsbTheFilesAreThereAlready) {
    auto order = cubieboard2();
    order.source = Source::kFel;
    expect_script("cubieboard2-fel.cmd", order);
    const auto kit = make_kit(order, 0);
    ASSERT_EQ(kit->files.size(), 4);
    EXPECT_TRUE(kit->files[3].executable);
    EXPECT_NE(kit->files[3].bytes.find("write 0x7ea00000 '"), std::string::npos);
    EXPECT_NE(kit->files[3].bytes.find("write 0x43100000 'boot.scr'"), std::string::npos);
}

TEST_F(BootKit, FilesAreTheScriptItsImageAndTheTree) {
    const auto kit = make_kit(cubieboard2(), 0);
    ASSERT_TRUE(kit) << kit.error().text();
    ASSERT_EQ(kit->files.size(), 3);
    EXPECT_EQ(kit->files[0].name, "boot.cmd");
    EXPECT_EQ(kit->files[1].name, "boot.scr");
    EXPECT_EQ(kit->files[1].bytes.size(), 64 + 8 + kit->script.size());
    EXPECT_EQ(kit->files[2].name, "sun7i-a20-cubieboard2-xen.dtb");
    ASSERT_EQ(kit->notes.size(), 1);
    EXPECT_TRUE(kit->notes[0].find("clk_ignore_unused") != std::string::npos);
}

TEST_F(BootKit, RefusesWhatCannotBoot) {
    auto order = cubieboard2();
    order.xen = image_file("xen64", kMiB);
    EXPECT_EQ(refusal(order),
              "xen: " + order.xen + " is for 64-bit ARM, and cubieboard2 is a 32-bit board");
    order = cubieboard2();
    order.kernel = image_file("Image", kMiB);
    EXPECT_EQ(refusal(order),
              "kernel: " + order.kernel + " is for 64-bit ARM, and " + order.xen + " for 32-bit");
    order.xen = folder.file("xen.gz", gzip(zimage(kMiB, 0, kMiB)));
    EXPECT_EQ(refusal(order),
              "xen: " + order.xen + " is compressed; U-Boot starts a plain Image or zImage");
    order.xen.clear();
    EXPECT_EQ(refusal(order), "no hypervisor is given (-x FILE)");
    order = cubieboard2();
    order.tree.clear();
    EXPECT_EQ(refusal(order),
              "cubieboard2 needs its device tree: -t sun7i-a20-cubieboard2.dtb (of Linux's)");
    order.board = nullptr;
    EXPECT_EQ(refusal(order), "neither a board's name (-b) nor its device tree (-t) is given");
    order = cubieboard2();
    order.dom0_arguments = "two\nlines";
    EXPECT_EQ(refusal(order),
              "--dom0-args: a command line has no line breaks or other control characters");
    order = midway();
    order.source = Source::kFel;
    EXPECT_EQ(refusal(order),
              "--from fel: that is Allwinner's, and this board's firmware has the device tree");
}

TEST_F(BootKit, RamMustBeKnown) {
    auto order = cubieboard2();
    order.board = nullptr;
    EXPECT_NE(refusal(order).find("how much RAM the board has is not known"), std::string::npos);
    order.ram_size = 1024 * kMiB;
    EXPECT_EQ(refusal(order), "nothing");
    order.ram_size = 16 * kMiB;
    EXPECT_NE(refusal(order).find("have no such room left"), std::string::npos);
}

TEST_F(BootKit, TooMuchForDom0IsNoted) {
    auto order = cubieboard2();
    order.xen_arguments = "dom0_mem=1G";
    const auto kit = make_kit(order, 0);
    ASSERT_EQ(kit->notes.size(), 2);
    EXPECT_NE(kit->notes[1].find("dom0_mem=1024M is more than"), std::string::npos);
}

TEST(ScriptImage, HasTheHeaderThatUBootChecks) {
    const auto made = script_image("echo hi\n", "Xen", 0x01020304, false);
    ASSERT_TRUE(made);
    auto image = *made;
    ByteReader reader{image};
    EXPECT_EQ(reader.big<std::uint32_t>(), 0x27051956);
    const auto sum = reader.big<std::uint32_t>();
    EXPECT_EQ(reader.big<std::uint32_t>(), 0x01020304);
    EXPECT_EQ(reader.big<std::uint32_t>(), 16);
    reader.skip(8);
    const auto bytes = [&](std::size_t at, std::size_t count) {
        return ::crc32(0, reinterpret_cast<const Bytef*>(image.data() + at),
                       static_cast<uInt>(count));
    };
    EXPECT_EQ(reader.big<std::uint32_t>(), bytes(64, 16));
    EXPECT_EQ(reader.big<std::uint32_t>(), 0x05020600);
    std::fill_n(image.begin() + 4, 4, std::byte{0});
    EXPECT_EQ(sum, bytes(0, 64));
}

}  // namespace
}  // namespace zeroth::boot
