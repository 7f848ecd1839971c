// SPDX-License-Identifier: Apache-2.0
#include "libdomain/boot/layout.hpp"

#include <gtest/gtest.h>

namespace zeroth::boot {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

Memory a20(std::uint64_t mib) {
    return {.ram = {0x40000000, mib * kMiB, "RAM"}, .keep_top = 2 * kMiB, .taken = {}};
}

std::vector<Load> page_loads() {
    return {{.part = Part::kKernel, .size = 7 * kMiB + 1},
            {.part = Part::kRamdisk, .size = 8 * kMiB},
            {.part = Part::kTree, .size = 2 * kMiB},
            {.part = Part::kXen, .size = kMiB}};
}

// The table of the Xen project's page on Allwinner boards.
TEST(Layout, PagesTableFor1GiB) {
    const auto layout = lay_out(a20(1024), page_loads());
    ASSERT_FALSE(layout.problem);
    EXPECT_EQ(address_of(layout, Part::kKernel), 0x7f600000);
    EXPECT_EQ(address_of(layout, Part::kRamdisk), 0x7ee00000);
    EXPECT_EQ(address_of(layout, Part::kTree), 0x7ec00000);
    EXPECT_EQ(address_of(layout, Part::kXen), 0x7ea00000);
    EXPECT_EQ(largest_gap(layout), 0x7ea00000 - 0x40000000);
}

TEST(Layout, PagesTableFor2GiB) {
    const auto layout = lay_out(a20(2048), page_loads());
    EXPECT_EQ(address_of(layout, Part::kKernel), 0xbf600000);
    EXPECT_EQ(address_of(layout, Part::kXen), 0xbea00000);
}

TEST(Layout, LargerKernelShiftsTheOthersDown) {
    auto loads = page_loads();
    loads[0].size = 8 * kMiB + 1;
    const auto layout = lay_out(a20(1024), loads);
    EXPECT_EQ(address_of(layout, Part::kKernel), 0x7f400000);
    EXPECT_EQ(address_of(layout, Part::kXen), 0x7e800000);
}

TEST(Layout, GoesBelowWhatIsTaken) {
    auto memory = a20(1024);
    memory.taken = {{0x7f700000, 0x1000, "firmware"}};
    const auto layout = lay_out(memory, page_loads());
    EXPECT_EQ(address_of(layout, Part::kKernel), 0x7ee00000);
    EXPECT_EQ(address_of(layout, Part::kRamdisk), 0x7e600000);
}

TEST(Layout, PinnedStaysAndOthersGoAround) {
    auto loads = page_loads();
    loads[3].pinned = 0x7f600000;
    const auto layout = lay_out(a20(1024), loads);
    ASSERT_FALSE(layout.problem);
    EXPECT_EQ(address_of(layout, Part::kXen), 0x7f600000);
    EXPECT_EQ(address_of(layout, Part::kKernel), 0x7ee00000);
}

std::string problem(const Memory& memory, const std::vector<Load>& loads) {
    const auto layout = lay_out(memory, loads);
    EXPECT_FALSE(picture(layout).empty());
    return layout.problem ? layout.problem->text() : "";
}

TEST(Layout, SaysWhatDoesNotFit) {
    auto loads = page_loads();
    loads[1].size = 60 * kMiB;
    EXPECT_EQ(problem(a20(64), loads),
              "dom0's ramdisk needs 60 MiB, and the 64 MiB of RAM have no such room left");
    auto memory = a20(64);
    memory.keep_top = 64 * kMiB;
    EXPECT_EQ(problem(memory, page_loads()), "all of the RAM is to be kept free");
}

TEST(Layout, SaysWhatOverlaps) {
    auto loads = page_loads();
    loads[0].pinned = 0x50000000;
    loads[1].pinned = 0x50200000;
    EXPECT_EQ(problem(a20(1024), loads),
              "dom0's ramdisk (0x50200000 to 0x50a00000) overlaps dom0's kernel (0x50000000 to "
              "0x50800000)");
    loads[1].pinned = 0x7fc00000;
    EXPECT_EQ(problem(a20(1024), loads),
              "dom0's ramdisk (0x7fc00000 to 0x80400000) does not lie in RAM (0x40000000 to "
              "0x80000000)");
    loads[1].pinned = 0x50900000;
    EXPECT_EQ(problem(a20(1024), loads),
              "dom0's ramdisk is to be at 0x50900000, which is no multiple of 2 MiB");
}

TEST(Layout, PictureMarksOverlaps) {
    auto loads = page_loads();
    loads[0].pinned = 0x50000000;
    loads[1].pinned = 0x50200000;
    const auto text = picture(lay_out(a20(1024), loads));
    EXPECT_NE(text.find("0x0050000000       8 MiB  dom0's kernel   <-- overlaps"), text.npos)
        << text;
}

}  // namespace
}  // namespace zeroth::boot
