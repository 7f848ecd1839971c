// SPDX-License-Identifier: Apache-2.0
#include "libdomain/plan/passthrough.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libdomain/plan/device_tree.hpp"
#include "libdomain/plan/dts.hpp"
#include "libdomain/plan/fdt_writer.hpp"
#include "libdomain/plan/partial_tree.hpp"
#include "tests/golden/golden.hpp"

namespace zeroth::plan {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::uint32_t kGic = 1, kOscillator = 2, kClocks = 3, kPins = 4, kRegulator = 5,
                        kPinController = 6, kSmmu = 7, kGpu = 8;

void controllers(FdtWriter& tree) {
    {
        const FdtNode node{tree, "oscillator"};
        tree.string("compatible", "fixed-clock");
        tree.cells("#clock-cells", {0});
        tree.cells("clock-frequency", {24000000});
        tree.cells("phandle", {kOscillator});
    }
    {
        const FdtNode node{tree, "regulator"};
        tree.string("compatible", "regulator-fixed");
        tree.cells("phandle", {kRegulator});
    }
}

void gpio(FdtWriter& tree) {
    const FdtNode node{tree, "gpio@20800"};
    tree.string("compatible", "board,gpio");
    tree.cells("reg", {0x20800, 0x400});
    tree.cells("interrupts", {0, 28, 4, 0, 29, 4});
    tree.cells("clocks", {kClocks, 26, kOscillator});
    tree.strings("clock-names", {"apb", "hosc"});
    tree.empty("gpio-controller");
    tree.empty("interrupt-controller");
    tree.cells("#interrupt-cells", {2});
    tree.cells("phandle", {kPinController});
    const FdtNode group{tree, "uart-pins"};
    tree.string("function", "uart0");
    tree.cells("phandle", {kPins});
}

void uart(FdtWriter& tree) {
    const FdtNode node{tree, "serial@28000"};
    tree.string("compatible", "ns16550a");
    tree.cells("reg", {0x28000, 0x1000});
    tree.cells("interrupts-extended", {kGic, 0, 1, 4});
    tree.cells("clocks", {kOscillator});
    tree.cells("pinctrl-0", {kPins});
    tree.string("pinctrl-names", "default");
    tree.string("status", "disabled");
}

void ethernet(FdtWriter& tree) {
    const FdtNode node{tree, "ethernet@50000"};
    tree.cells("reg", {0x50000, 0x10000, 0x3f00000, 0x1000});
    tree.cells("interrupts", {0, 85, 4, 1, 9, 4});
    tree.cells("resets", {kClocks, 17});
    tree.cells("phy-supply", {kRegulator});
}

void gpu(FdtWriter& tree) {
    const FdtNode node{tree, "gpu@60000"};
    tree.cells("reg", {0x60000, 0x1000});
    tree.cells("interrupts-extended", {kPinController, 3, 8, kGic, 2, 5, 1});
    tree.cells("iommus", {kSmmu, 2});
    tree.cells("phandle", {kGpu});
}

/// What the root of either board begins with.
void root_of_a_board(FdtWriter& tree) {
    tree.cells("#address-cells", {1});
    tree.cells("#size-cells", {1});
    tree.cells("interrupt-parent", {kGic});
    controllers(tree);
}

/// Boards in small: a bus that translates, and devices of every kind of difficulty.
std::vector<std::byte> board() {
    FdtWriter tree;
    {
        const FdtNode root{tree, ""};
        root_of_a_board(tree);
        const FdtNode soc{tree, "soc"};
        tree.string("compatible", "simple-bus");
        tree.cells("#address-cells", {1});
        tree.cells("#size-cells", {1});
        tree.cells("ranges", {0, 0x1c00000, 0x100000, 0x3f00000, 0x43f00000, 0x100000});
        {
            const FdtNode node{tree, "interrupt-controller@81000"};
            tree.string("compatible", "arm,gic-400");
            tree.empty("interrupt-controller");
            tree.cells("#interrupt-cells", {3});
            tree.cells("reg", {0x81000, 0x1000, 0x82000, 0x2000});
            tree.cells("phandle", {kGic});
        }
        {
            const FdtNode node{tree, "clock@20000"};
            tree.cells("reg", {0x20000, 0x400});
            tree.cells("#clock-cells", {1});
            tree.cells("#reset-cells", {1});
            tree.cells("phandle", {kClocks});
        }
        gpio(tree);
        uart(tree);
        ethernet(tree);
        gpu(tree);
        const FdtNode lost{tree, "i2c"};
        tree.cells("#address-cells", {1});
        tree.cells("#size-cells", {0});
        const FdtNode chip{tree, "chip@50"};
        tree.cells("reg", {0x50});
    }
    return *tree.finish();
}

/// What boards have that the other has not: a GIC of four cells, memory over all, a bus that maps
/// interrupts, and a place in a list that is left empty.
std::vector<std::byte> other_board() {
    FdtWriter tree;
    {
        const FdtNode root{tree, ""};
        root_of_a_board(tree);
        {
            const FdtNode memory{tree, "memory@0"};
            tree.string("device_type", "memory");
            tree.cells("reg", {0, 0x40000000});
        }
        {
            const FdtNode gic{tree, "interrupt-controller@81000"};
            tree.string("compatible", "arm,gic-v3");
            tree.cells("#interrupt-cells", {4});
            tree.cells("phandle", {kGic});
        }
        {
            const FdtNode i2c{tree, "i2c@20000"};
            tree.cells("reg", {0x20000, 0x1000});
            tree.cells("interrupts", {0, 59, 4, 0, 0, 60, 1, 0});
            tree.cells("clocks", {0, kOscillator, 0});
        }
        const FdtNode bus{tree, "bus@8000000"};
        tree.string("compatible", "simple-bus");
        tree.cells("#address-cells", {1});
        tree.cells("#size-cells", {1});
        tree.empty("ranges");
        tree.cells("#interrupt-cells", {1});
        tree.cells("interrupt-map-mask", {0, 0x3F});
        tree.cells("interrupt-map", {0, 7, kGic, 0, 7, 4, 0});
        const FdtNode uart{tree, "serial@90000"};
        tree.cells("reg", {0x90000, 0x1000});
        tree.cells("interrupts", {5, 6, 7});
    }
    return *tree.finish();
}

Passthrough device(const char* path) {
    auto found = plan_passthrough(board(), path);
    EXPECT_TRUE(found) << found.error().text();
    return found ? *std::move(found) : Passthrough{};
}

TEST(Passthrough, OfEachDeviceIsThis) {
    std::string text;
    for (const char* path : {"/soc/gpio@20800", "/soc/serial", "/soc/ethernet", "/soc/gpu"}) {
        const auto found = device(path);
        text += to_config(found, "") + *print_device_tree(found.device_tree) + "\n";
    }
    testing::expect_golden("plan/passthrough.txt", text);
}

TEST(Passthrough, MakesATreeThatAGuestCanBeGiven) {
    for (const char* path : {"/soc/gpio@20800", "/soc/serial", "/soc/ethernet", "/soc/gpu"}) {
        FdtWriter tree;
        tree.begin_node("");
        const auto copied = copy_partial_tree(device(path).device_tree, tree);
        tree.end_node();
        EXPECT_TRUE(copied) << path << ": " << copied.error().text();
        EXPECT_TRUE(tree.finish());
    }
}

TEST(Passthrough, ReadsAnInterruptByTheCellsOfItsController) {
    const auto i2c = plan_passthrough(other_board(), "/i2c@20000");
    ASSERT_TRUE(i2c) << i2c.error().text();
    EXPECT_THAT(i2c->irqs, ElementsAre(91, 92));
    EXPECT_THAT(to_config(*i2c, ""), Not(HasSubstr("within an entry")));
}

TEST(Passthrough, FollowsWhatABusMaps) {
    const auto uart = plan_passthrough(other_board(), "/bus@8000000/serial@90000");
    ASSERT_TRUE(uart) << uart.error().text();
    EXPECT_THAT(uart->irqs, ElementsAre(39));
    EXPECT_THAT(to_config(*uart, ""), HasSubstr("its interrupt 0x5 is not in the interrupt-map of "
                                                "/bus@8000000"));
}

TEST(Passthrough, NeitherMemoryNorAnEmptyPlaceIsInTheWay) {
    const auto i2c = plan_passthrough(other_board(), "/i2c@20000");
    ASSERT_TRUE(i2c) << i2c.error().text();
    EXPECT_THAT(to_config(*i2c, ""), Not(HasSubstr("memory@0")));
    EXPECT_THAT(to_config(*i2c, ""), Not(HasSubstr("that is not there")));
    EXPECT_THAT(*print_device_tree(i2c->device_tree), HasSubstr("clocks = <0x00 0x02 0x00>"));
}

TEST(Passthrough, NamesTheFileInTheConfig) {
    EXPECT_THAT(to_config(device("/soc/serial"), "uart \"0\".dtb"),
                HasSubstr("device_tree = \"uart \\\"0\\\".dtb\"\n"));
}

TEST(Passthrough, OfWhatHasNoRegistersOfTheCpusIsAnError) {
    EXPECT_EQ(plan_passthrough(board(), "/soc/i2c/chip@50").error().text(),
              "/soc/i2c/chip@50: node \"chip@50\" has a \"reg\" that is no range of addresses");
    EXPECT_EQ(plan_passthrough(board(), "/").error().text(), "/: the root node is no device");
}

TEST(Passthrough, SaysWhatThereIsInPlaceOfANodeThatIsNot) {
    const auto missing = plan_passthrough(board(), "/soc/gpoi@20800");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().text(), "the device tree has no node /soc/gpoi@20800");
    EXPECT_EQ(missing.error().hint(),
              "/soc has: interrupt-controller@81000, clock@20000, gpio@20800, serial@28000, "
              "ethernet@50000, gpu@60000, i2c.");
    EXPECT_EQ(plan_passthrough(board(), "serial9").error().hint(), "Paths begin with a slash.");
}

TEST(Passthrough, TakesNothingThatIsNoDeviceTree) {
    EXPECT_FALSE(plan_passthrough({}, "/soc"));
    auto blob = board();
    blob.resize(blob.size() / 2);
    EXPECT_FALSE(plan_passthrough(blob, "/soc/gpio@20800"));
}

}  // namespace
}  // namespace zeroth::plan
