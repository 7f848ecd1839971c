// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "libdomain/image/kernel.hpp"
#include "tests/unit/libdomain/image/image_files.hpp"

namespace zeroth::image {
namespace {

using namespace zeroth::testing;
using ::testing::Test;

Result<KernelFacts> probe_blob(const Blob& blob) { return probe_bytes(blob, blob.size()); }

std::string error_of(const Blob& blob) {
    const auto facts = probe_blob(blob);
    return facts ? "no error" : facts.error().text();
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}
#define EXPECT_SAYS(text, part) EXPECT_TRUE(contains(text, part)) << (text)

TEST(Arm64Image, HeaderGivesOffsetAndMemorySize) {
    const auto facts = probe_blob(arm64_image(8192, {.text_offset = 0, .image_size = 0x10000}));
    ASSERT_TRUE(facts) << facts.error().text();
    EXPECT_EQ(facts->format, Format::kArm64Image);
    EXPECT_EQ(facts->width, Width::k64);
    EXPECT_EQ(facts->text_offset, 0U);
    EXPECT_EQ(facts->image_size, 8192U);
    ASSERT_EQ(facts->segments.size(), 1U);
    EXPECT_EQ(facts->segments[0].size, 8192U);
    EXPECT_EQ(facts->segments[0].memory_size, 0x10000U);
    EXPECT_FALSE(facts->entry);
}

TEST(Arm64Image, OfOldKernelsLiesAt512KiB) {
    const auto facts = probe_blob(arm64_image(8192, {.text_offset = 0x800, .image_size = 0}));
    ASSERT_TRUE(facts);
    EXPECT_EQ(facts->text_offset, 0x80000U);
    EXPECT_EQ(facts->segments[0].memory_size, 8192U);
}

TEST(Arm64Image, IsKnownByItsBranchWhereTheMagicIsMissing) {
    auto blob = arm64_image(4096, {});
    put<std::uint32_t>(blob, 0x38, 0);
    EXPECT_FALSE(probe_blob(blob));
    put<std::uint32_t>(blob, 0, 0x14000008);
    ASSERT_TRUE(probe_blob(blob));
}

TEST(Arm64Image, LongerThanItsMemorySizeIsLoadedWhole) {
    const auto facts = probe_blob(arm64_image(8192, {.image_size = 4096}));
    ASSERT_TRUE(facts);
    EXPECT_EQ(facts->segments[0].memory_size, 8192U);
}

TEST(Arm64Image, HeaderThatLiesIsRefused) {
    EXPECT_SAYS(error_of(arm64_image(4096, {.image_size = ~std::uint64_t{0}})),
                "claims 0xffffffffffffffff bytes of memory");
    EXPECT_SAYS(error_of(arm64_image(4096, {.text_offset = ~std::uint64_t{3}, .image_size = 4096})),
                "text_offset is 0xfffffffffffffffc");
    EXPECT_SAYS(error_of(arm64_image(4096, {.text_offset = 2, .image_size = 4096})),
                "text_offset is 0x2");
    EXPECT_SAYS(error_of(arm64_image(4096, {.image_size = 4096, .flags = 0xB})),
                "big-endian arm64 Image");
}

TEST(Arm64Image, TruncatedIsToldByItsEfiHeader) {
    auto blob = arm64_image(0x2000, {.image_size = 0x4000});
    put<std::uint16_t>(blob, 0, 0x5A4D);
    put<std::uint32_t>(blob, 0x3C, 0x40);
    put<std::uint32_t>(blob, 0x40, 0x4550);
    put<std::uint16_t>(blob, 0x46, 1);
    put<std::uint16_t>(blob, 0x54, 0xA0);
    put<std::uint32_t>(blob, 0x40 + 24 + 0xA0 + 16, 0x2000);
    put<std::uint32_t>(blob, 0x40 + 24 + 0xA0 + 20, 0x1000);
    EXPECT_SAYS(error_of(blob),
                "truncated: by its EFI header it has 12288 bytes, and here are 8192");
    put<std::uint32_t>(blob, 0x40 + 24 + 0xA0 + 16, 0x1000);
    EXPECT_TRUE(probe_blob(blob)) << error_of(blob);
}

TEST(ZImage, HeaderGivesItsLength) {
    const auto facts = probe_blob(zimage(4096, 0, 8192));
    ASSERT_TRUE(facts) << facts.error().text();
    EXPECT_EQ(facts->format, Format::kArm32ZImage);
    EXPECT_EQ(facts->width, Width::k32);
    EXPECT_EQ(facts->text_offset, 0x8000U);
    EXPECT_FALSE(facts->entry);
    EXPECT_EQ(facts->segments[0].memory_size, 8192U);
}

TEST(ZImage, NonZeroStartIsTheEntry) {
    const auto facts = probe_blob(zimage(4096, 0x40008000, 0x40009000));
    ASSERT_TRUE(facts);
    EXPECT_EQ(facts->entry, GuestAddress{0x40008000});
}

TEST(ZImage, HeaderThatLiesIsRefused) {
    EXPECT_SAYS(error_of(zimage(4096, 0x1000, 0x800)), "starts at 0x1000 and ends at 0x800");
    EXPECT_SAYS(error_of(zimage(4096, 0, 0xFFFFFFFF)), "damaged");
    auto linux_image = zimage(4096, 0, 8192);
    put<std::uint32_t>(linux_image, 0x34, 0x45454545);
    EXPECT_SAYS(error_of(linux_image), "truncated: by its header it has 8192 bytes");
    auto swapped = zimage(4096, 0, 4096);
    put<std::uint32_t>(swapped, 0x30, 0x01020304);
    EXPECT_SAYS(error_of(swapped), "big-endian arm32 zImage");
    put<std::uint32_t>(swapped, 0x24, 0x016F2818, true);
    EXPECT_SAYS(error_of(swapped), "big-endian arm32 zImage");
}

TEST(Formats, EveryTruncationOfAHeaderIsAnError) {
    const Blob whole[] = {arm64_image(64, {.image_size = 64}), zimage(48, 0, 48),
                          elf(0x200, {.entry = 0x40000000},
                              {{.offset = 0x100,
                                .virtual_address = 0x40000000,
                                .address = 0x40000000,
                                .size = 0x100,
                                .memory_size = 0x100}})};
    for (const auto& blob : whole) {
        ASSERT_TRUE(probe_blob(blob)) << error_of(blob);
        for (std::size_t size = 0; size < blob.size(); ++size) {
            const Blob part{blob.begin(), blob.begin() + static_cast<std::ptrdiff_t>(size)};
            EXPECT_FALSE(probe_blob(part)) << size;
        }
    }
}

TEST(Formats, WhatIsNoKernelIsNamed) {
    Blob bzimage(0x400);
    put<std::uint32_t>(bzimage, 0x202, 0x53726448);
    EXPECT_SAYS(error_of(bzimage), "this is an x86 bzImage, not a kernel for an ARM guest");
    EXPECT_SAYS(error_of(blob_of("vif.default.script=\"vif-bridge\"\n")), "a text file");
    EXPECT_SAYS(error_of(blob_of("#!/bin/sh\n")), "a script");
    EXPECT_SAYS(error_of(blob_of("070701000000")), "a cpio archive");
    EXPECT_SAYS(error_of(Blob(512)), "a file of zeros");
    EXPECT_SAYS(error_of({}), "an empty file");
    EXPECT_SAYS(error_of(elf(0x100, {.machine = 62}, {})), "a 64-bit ELF file for x86-64");
    EXPECT_SAYS(error_of(elf(0x100, {.wide = false, .machine = 3}, {})),
                "a 32-bit ELF file for x86 (i386)");
    // A kernel's machine in the wrong class is no kernel either.
    EXPECT_SAYS(error_of(elf(0x100, {.wide = false, .machine = 183}, {})),
                "a 32-bit ELF file for 64-bit ARM");
    const auto xz =
        probe_blob(blob_of(std::string_view{"\xfd"
                                            "7zXZ\0rest",
                                            10}));
    ASSERT_FALSE(xz);
    EXPECT_SAYS(xz.error().text(), "an xz file");
    EXPECT_SAYS(xz.error().hint(), "Only gzip is unpacked");
}

TEST(Formats, LargerThanAnyKernelIsRefused) {
    const auto blob = arm64_image(4096, {});
    const auto facts = probe_bytes(blob, kLargestImage + 1);
    ASSERT_FALSE(facts);
    EXPECT_SAYS(facts.error().text(), "more than any kernel has");
}

TEST(Elf, SegmentsArePlacedByPhysicalAddress) {
    const auto facts = probe_blob(elf(0x1000, {.entry = 0xFFFF000000000010},
                                      {{.offset = 0x800,
                                        .virtual_address = 0xFFFF000000000800,
                                        .address = 0x40080800,
                                        .size = 0x100,
                                        .memory_size = 0x400},
                                       {.offset = 0x100,
                                        .virtual_address = 0xFFFF000000000000,
                                        .address = 0x40080000,
                                        .size = 0x700,
                                        .memory_size = 0x700}}));
    ASSERT_TRUE(facts) << facts.error().text();
    EXPECT_EQ(facts->format, Format::kElf);
    EXPECT_EQ(facts->entry, GuestAddress{0x40080010});
    ASSERT_EQ(facts->segments.size(), 2U);
    EXPECT_EQ(facts->segments[0].offset, 0x100U);
    EXPECT_EQ(facts->segments[1].offset, 0x800U);
    EXPECT_EQ(facts->segments[1].memory_size, 0x400U);
}

TEST(Elf, Of32BitsIsTaken) {
    const auto facts = probe_blob(elf(0x200, {.wide = false, .machine = 40, .entry = 0x40010000},
                                      {{.offset = 0x100,
                                        .virtual_address = 0x40010000,
                                        .address = 0x40010000,
                                        .size = 0x80,
                                        .memory_size = 0x80}}));
    ASSERT_TRUE(facts) << facts.error().text();
    EXPECT_EQ(facts->width, Width::k32);
}

TEST(Elf, FieldsThatLieAreRefused) {
    const ElfSegment good{.offset = 0x100,
                          .virtual_address = 0x40000000,
                          .address = 0x40000000,
                          .size = 0x100,
                          .memory_size = 0x100};
    const auto with = [&](auto change, std::uint64_t entry = 0x40000000) {
        auto segment = good;
        change(segment);
        return error_of(elf(0x200, {.entry = entry}, {segment}));
    };
    EXPECT_EQ(with([](ElfSegment&) {}), "no error");
    EXPECT_SAYS(with([](ElfSegment& s) { s.size = s.memory_size = 0x101; }), "beyond the file");
    EXPECT_SAYS(with([](ElfSegment& s) { s.offset = ~std::uint64_t{0}; }), "beyond the file");
    EXPECT_SAYS(with([](ElfSegment& s) { s.memory_size = 0xFF; }), "0x100 bytes in the file");
    EXPECT_SAYS(with([](ElfSegment& s) { s.memory_size = ~std::uint64_t{0}; }), "claims");
    EXPECT_SAYS(with([](ElfSegment& s) { s.address = ~std::uint64_t{0} - 8; }), "wraps around");
    EXPECT_SAYS(with([](ElfSegment&) {}, 0x50000000), "entry point 0x50000000 lies in no segment");
    EXPECT_SAYS(with([](ElfSegment&) {}, 0x40000001), "Thumb");
    auto other = good;
    other.address = 0x40000080;
    EXPECT_SAYS(error_of(elf(0x400, {.entry = 0x40000000}, {good, other})), "overlap in memory");
    other.address = 0x41000000;
    EXPECT_SAYS(error_of(elf(0x400, {.entry = 0x40000000}, {good, other})), "overlap in the file");
    EXPECT_SAYS(error_of(elf(0x200, {.entry = 0x40000000}, {})), "no program headers");
    auto blob = elf(0x200, {.entry = 0x40000000}, {good});
    put<std::uint64_t>(blob, 32, ~std::uint64_t{0});
    EXPECT_SAYS(error_of(blob), "program headers are not at its beginning");
}

}  // namespace
}  // namespace zeroth::image
