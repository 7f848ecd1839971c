// SPDX-License-Identifier: Apache-2.0
#include "libdomain/plan/interrupt_map.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libdomain/plan/fdt_writer.hpp"
#include "libdomain/plan/passthrough_interrupts.hpp"

namespace zeroth::plan {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Cells = std::vector<std::uint32_t>;

constexpr std::uint32_t kGic = 1, kBus = 2, kOther = 3, kPlain = 4;

/// What of a board is in question here.
struct Board {
    Cells map = {}, mask = {}, inner_map = {};
    Cells interrupts = {5}, extended = {};
    std::uint32_t gic_address_cells = 0, bus_interrupt_cells = 1;
};

void map_of(FdtWriter& tree, const Cells& map) {
    if (!map.empty()) tree.cells("interrupt-map", map);
}

void gic(FdtWriter& tree, const Board& board) {
    const FdtNode node{tree, "gic"};
    tree.string("compatible", "arm,gic-400");
    tree.empty("interrupt-controller");
    tree.cells("#interrupt-cells", {3});
    if (board.gic_address_cells != 0) tree.cells("#address-cells", {board.gic_address_cells});
    tree.cells("phandle", {kGic});
}

/// A controller of two cells that is not the GIC, and has a map of its own use.
void other_controller(FdtWriter& tree) {
    const FdtNode node{tree, "extirq"};
    tree.empty("interrupt-controller");
    tree.cells("#interrupt-cells", {2});
    tree.cells("#address-cells", {0});
    tree.cells("interrupt-map", {0, 0, kGic, 0, 9, 4});
    tree.cells("phandle", {kOther});
}

/// A bus with a map, in it another bus with one, if it is asked for, and in that a device.
HostNodes host_of(const Board& board) {
    FdtWriter tree;
    {
        const FdtNode root{tree, ""};
        tree.cells("#address-cells", {1});
        tree.cells("#size-cells", {1});
        gic(tree, board);
        other_controller(tree);
        {
            const FdtNode plain{tree, "plain"};
            tree.cells("phandle", {kPlain});
        }
        const FdtNode bus{tree, "bus"};
        tree.cells("phandle", {kBus});
        tree.cells("#interrupt-cells", {board.bus_interrupt_cells});
        map_of(tree, board.map);
        if (!board.mask.empty()) tree.cells("interrupt-map-mask", board.mask);
        const FdtNode inner{tree, "inner"};
        tree.cells("#address-cells", {1});
        tree.cells("#size-cells", {1});
        if (!board.inner_map.empty()) {
            tree.cells("#interrupt-cells", {1});
            map_of(tree, board.inner_map);
        }
        const FdtNode device{tree, "device"};
        tree.cells("reg", {0x9000, 0x1000});
        if (board.extended.empty())
            tree.cells("interrupts", board.interrupts);
        else
            tree.cells("interrupts-extended", board.extended);
    }
    const auto blob = *tree.finish();
    return *HostNodes::create(blob);
}

struct Found {
    Cells numbers;
    std::string obstacles;
};

Found of(const Board& board) {
    const auto host = host_of(board);
    std::vector<std::string> obstacles;
    Found found;
    for (const auto& interrupt : interrupts_of(host, *host.find("/bus/inner/device"), obstacles))
        found.numbers.push_back(interrupt.number);
    for (const auto& obstacle : obstacles) found.obstacles += obstacle + "\n";
    return found;
}

TEST(InterruptMap, FindsTheLineThatHasTheSpecifier) {
    const auto found = of({.map = {0, 4, kGic, 0, 14, 4, 0, 5, kGic, 0, 15, 1}, .mask = {0, 0x3F}});
    EXPECT_THAT(found.numbers, ElementsAre(47));
    EXPECT_EQ(found.obstacles, "");
}

TEST(InterruptMap, HandsOnTheTriggerToo) {
    const auto host = host_of({.map = {0, 5, kGic, 0, 15, 1}, .mask = {0, 0x3F}});
    std::vector<std::string> obstacles;
    const auto found = interrupts_of(host, *host.find("/bus/inner/device"), obstacles);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found.front().flags, 1U);
}

TEST(InterruptMap, ComparesTheAddressOfTheSenderWhereTheMaskSaysSo) {
    const Cells map{0x8000, 5, kGic, 0, 14, 4, 0x9000, 5, kGic, 0, 15, 4};
    EXPECT_THAT(of({.map = map, .mask = {0xF000, 7}}).numbers, ElementsAre(47));
    // Without a mask all of it counts.
    EXPECT_THAT(of({.map = map}).numbers, ElementsAre(47));
    EXPECT_THAT(of({.map = {0x9100, 5, kGic, 0, 15, 4}}).numbers, IsEmpty());
}

TEST(InterruptMap, SkipsTheAddressThatAControllerWants) {
    const auto found =
        of({.map = {0, 5, kGic, 0, 0, 0, 15, 4}, .mask = {0, 7}, .gic_address_cells = 2});
    EXPECT_THAT(found.numbers, ElementsAre(47));
}

TEST(InterruptMap, TakesEachOfADevicesInterrupts) {
    const auto found = of(
        {.map = {0, 1, kGic, 0, 1, 4, 0, 2, kGic, 0, 2, 4}, .mask = {0, 3}, .interrupts = {2, 1}});
    EXPECT_THAT(found.numbers, ElementsAre(34, 33));
}

TEST(InterruptMap, GoesThroughOneAfterAnother) {
    const auto found =
        of({.map = {5, 7, kGic, 0, 15, 4},
            .inner_map = {0x9000, 5, kBus, 7},  // the outer bus says no #address-cells
            .interrupts = {5}});
    EXPECT_THAT(found.numbers, IsEmpty());
    EXPECT_THAT(found.obstacles,
                HasSubstr("its interrupt 0x7 is not in the interrupt-map of /bus"));
    const auto other = of({.map = {0, 7, kGic, 0, 15, 4}, .inner_map = {0x9000, 5, kBus, 7}});
    EXPECT_THAT(other.numbers, ElementsAre(47));
}

TEST(InterruptMap, IsFollowedFromAnExtendedInterruptToo) {
    const auto found =
        of({.map = {0, 5, kGic, 0, 15, 4}, .mask = {0, 7}, .extended = {kBus, 5, kGic, 0, 20, 4}});
    EXPECT_THAT(found.numbers, ElementsAre(47, 52));
}

TEST(InterruptMap, OfAControllerIsNotForOthers) {
    const auto found = of({.map = {0, 5, kOther, 0, 4}, .mask = {0, 7}});
    EXPECT_THAT(found.numbers, IsEmpty());
    EXPECT_THAT(found.obstacles, HasSubstr("go to /extirq and not to the GIC"));
}

TEST(InterruptMap, EndsInANamedObstacleWhereItMakesNoSense) {
    const auto told = [](const Board& board) {
        const auto found = of(board);
        EXPECT_THAT(found.numbers, IsEmpty());
        return found.obstacles;
    };
    EXPECT_THAT(told({.map = {0, 4, kGic, 0, 15, 4}}), HasSubstr("0x5 is not in"));
    EXPECT_THAT(told({.map = {0, 5, 77, 0, 15, 4}}),
                HasSubstr("/bus leads to a node that is not there"));
    EXPECT_THAT(told({.map = {0, 5, kPlain, 0, 15, 4}}), HasSubstr("that takes no interrupts"));
    EXPECT_THAT(told({.map = {0, 5, kGic, 0, 15}}), HasSubstr("ends within an entry"));
    EXPECT_THAT(told({.map = {0}}), HasSubstr("ends within an entry"));
    EXPECT_THAT(told({.map = {0, 5, kGic, 0, 15, 4}, .bus_interrupt_cells = 0x40000000}),
                HasSubstr("within an entry"));
    EXPECT_THAT(told({.map = {0, 5, kGic, 0, 15, 4}, .bus_interrupt_cells = 0}),
                HasSubstr("no width that makes sense"));
    EXPECT_THAT(told({.map = {0, 5, kGic, 0, 15, 4}, .gic_address_cells = 0xFFFFFFFF}),
                HasSubstr("that takes no interrupts"));
    EXPECT_THAT(told({.map = Cells(20'000)}), HasSubstr("longer than makes sense"));
}

TEST(InterruptMap, ThatLeadsToItselfIsLeft) {
    const auto found = of({.map = {0, 5, kBus, 5}, .mask = {0, 7}});
    EXPECT_THAT(found.numbers, IsEmpty());
    EXPECT_THAT(found.obstacles, HasSubstr("too many in a row"));
}

}  // namespace
}  // namespace zeroth::plan
