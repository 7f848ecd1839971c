// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "libdomain/plan/placement.hpp"
#include "tests/unit/libdomain/plan/guests.hpp"

namespace zeroth::plan {
namespace {

using namespace zeroth::testing;

constexpr std::uint64_t kBase = 0x40000000;

Placement place_in(const image::KernelFacts& kernel, std::uint64_t memory_mib,
                   std::optional<std::uint64_t> ramdisk = std::nullopt) {
    const auto banks = fill_banks(mib(memory_mib), 40);
    auto placement = place(kernel, banks.value(), ramdisk, 1500);
    if (placement) return *std::move(placement);
    ADD_FAILURE() << placement.error().text();
    return {};
}

TEST(Placement, ModulesGoToTheTopOfSmallRam) {
    const auto placement = place_in(linux_arm64(), 128, 0xFE0F4);
    EXPECT_EQ(placement.kernel.at(0).start, kBase);
    EXPECT_EQ(placement.entry, GuestAddress{kBase});
    EXPECT_EQ(placement.ramdisk->start, 0x47F00000U);
    EXPECT_EQ(placement.device_tree.start, 0x47FFF000U);
}

TEST(Placement, ModulesGoTo128MiBWhereThereIsRoom) {
    const auto placement = place_in(linux_arm64(), 129, 0xFE0F4);
    EXPECT_EQ(placement.ramdisk->start, kBase + 128 * kMiB);
    EXPECT_EQ(placement.device_tree.start, kBase + 128 * kMiB + 0xFF000);
    EXPECT_EQ(place_in(linux_arm64(), 129, 0xFF001).ramdisk->start,
              kBase + 129 * kMiB - 0x100000 - 0x1000);
}

TEST(Placement, ModulesGoBelowAKernelThatFillsTheTop) {
    auto kernel = tiny_arm64();
    kernel.text_offset = 14 * kMiB;
    kernel.segments[0].memory_size = kMiB;
    const auto placement = place_in(kernel, 16, 0x1000);
    EXPECT_EQ(placement.device_tree.start, kBase + 14 * kMiB - 0x1000);
    EXPECT_EQ(placement.ramdisk->start, kBase + 14 * kMiB - 0x2000);
}

TEST(Placement, ModulesStayClearOfBss) {
    auto kernel = tiny_arm64();
    kernel.segments[0].memory_size = 15 * kMiB;
    const auto banks = fill_banks(mib(16), 40);
    const auto placement = place(kernel, banks.value(), 0x1000, 1500);
    ASSERT_FALSE(placement);
    EXPECT_EQ(placement.error().hint(), "memory = 17 is the least that holds them.");
    const auto larger = place_in(kernel, 17, 0x1000);
    EXPECT_GE(larger.ramdisk->start, kBase + 15 * kMiB);
}

TEST(Placement, KernelLargerThanTheGuestSaysHowMuchItNeeds) {
    const auto banks = fill_banks(mib(8), 40);
    const auto placement = place(linux_arm64(), banks.value(), std::nullopt, 1500);
    ASSERT_FALSE(placement);
    EXPECT_EQ(
        placement.error().text(),
        "the kernel does not fit into the guest's memory: kernel /guest/vmlinuz takes 32832 KiB "
        "at 0x40000000, ramdisk and device tree 4 KiB, and the guest has 8 MiB");
    EXPECT_EQ(placement.error().hint(), "memory = 35 is the least that holds them.");
    place_in(linux_arm64(), 35);
    EXPECT_FALSE(place(linux_arm64(), fill_banks(mib(34), 40).value(), std::nullopt, 1500));
}

TEST(Placement, RamdiskLargerThanTheGuestIsAnError) {
    const auto banks = fill_banks(mib(128), 40);
    EXPECT_FALSE(place(linux_arm64(), banks.value(), 127 * kMiB, 1500));
    const auto huge = place(linux_arm64(), banks.value(), ~std::uint64_t{0} - 5, 1500);
    ASSERT_FALSE(huge);
    EXPECT_NE(huge.error().text().find("does not fit into the guest's memory of 128 MiB"),
              std::string::npos);
}

TEST(Placement, ZImageLinkedToAnAddressLiesThere) {
    auto kernel = tiny_zimage();
    EXPECT_EQ(place_in(kernel, 16).entry, GuestAddress{kBase + 0x8000});
    kernel.entry = GuestAddress{kBase + 0x100000};
    const auto placement = place_in(kernel, 16);
    EXPECT_EQ(placement.kernel.at(0).start, kBase + 0x100000);
    EXPECT_EQ(placement.entry, GuestAddress{kBase + 0x100000});
    kernel.entry = GuestAddress{0x10008000};
    const auto elsewhere = place(kernel, fill_banks(mib(16), 40).value(), std::nullopt, 1500);
    ASSERT_FALSE(elsewhere);
    EXPECT_NE(elsewhere.error().text().find("is made for addresses 0x10008000"), std::string::npos);
}

TEST(Placement, ElfIsPlacedBySegments) {
    image::KernelFacts kernel;
    kernel.path = "/guest/rtos.elf";
    kernel.format = image::Format::kElf;
    kernel.entry = GuestAddress{kBase + 0x200010};
    kernel.segments = {{.offset = 0x100,
                        .size = 0x100,
                        .memory_size = 0x100,
                        .address = GuestAddress{kBase + 0x200000}},
                       {.offset = 0x200,
                        .size = 0x100,
                        .memory_size = 0x9000,
                        .address = GuestAddress{kBase + 0x100000}}};
    const auto placement = place_in(kernel, 16);
    EXPECT_EQ(placement.kernel.at(1).start, kBase + 0x100000);
    EXPECT_EQ(placement.kernel.at(1).size, 0x9000U);
    EXPECT_EQ(placement.entry, GuestAddress{kBase + 0x200010});
    kernel.segments[0].address = GuestAddress{0xFFFF800008000000};
    const auto vmlinux = place(kernel, fill_banks(mib(16), 40).value(), std::nullopt, 1500);
    ASSERT_FALSE(vmlinux);
    EXPECT_NE(vmlinux.error().hint().find("not vmlinux"), std::string::npos);
}

TEST(Banks, FillFromTheFirst) {
    const auto banks = fill_banks(mib(5000), 40).value();
    EXPECT_EQ(banks[0].size, 3 * kGiB);
    EXPECT_EQ(banks[1].start, 0x200000000U);
    EXPECT_EQ(banks[1].size, 5000 * kMiB - 3 * kGiB);
    const auto narrow = fill_banks(mib(5000), 32);
    ASSERT_FALSE(narrow);
    EXPECT_EQ(narrow.error().text(),
              "memory: 5000 MiB is more than the 3 GiB a guest's address space has room for");
}

TEST(ExtendedRegions, LeaveOutIomemAndSmallPieces) {
    const auto banks = fill_banks(mib(128), 40).value();
    const std::vector<config::IomemRange> iomem{{MachineFrame{0}, 0x100, GuestFrame{0x49000}},
                                                {MachineFrame{0}, 0x10, GuestFrame{0x80000}},
                                                {MachineFrame{0}, 1, GuestFrame{0x9000}}};
    const auto regions = extended_regions(banks, 40, iomem);
    ASSERT_EQ(regions.size(), 3U);
    EXPECT_EQ(regions[0].start, 0x49100000U);
    EXPECT_EQ(regions[0].end(), 0x80000000U);
    EXPECT_EQ(regions[1].start, 0x80010000U);
    EXPECT_EQ(regions[1].end(), 0x100000000U);
    EXPECT_EQ(regions[2].start, 0x200000000U);
    EXPECT_EQ(regions[2].end(), 0x10000000000U);
}

TEST(ExtendedRegions, OfAFullBankAreNone) {
    const auto banks = fill_banks(mib(3072), 36).value();
    const auto regions = extended_regions(banks, 36, {});
    ASSERT_EQ(regions.size(), 1U);
    EXPECT_EQ(regions[0].start, 0x200000000U);
    EXPECT_EQ(regions[0].end(), 0x1000000000U);
}

}  // namespace
}  // namespace zeroth::plan
