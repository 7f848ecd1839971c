// SPDX-License-Identifier: Apache-2.0
#include "libdomain/image/formats.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/cursor.hpp"
#include "libdomain/image/contents.hpp"

namespace zeroth::image {
namespace {

using Head = std::span<const std::byte>;

template <class T>
std::optional<T> field(Head head, std::size_t offset) {
    ByteReader reader{head};
    reader.skip(offset);
    const auto value = reader.little<T>();
    return reader.ok() ? std::optional{value} : std::nullopt;
}

/// Linux's images are EFI programs too. Their section table says how long the file must be, which
/// the kernel's own header does not: it counts BSS, or nothing at all.
std::optional<std::uint64_t> file_size_by_efi_header(Head head) {
    if (field<std::uint16_t>(head, 0) != 0x5A4D) return std::nullopt;
    const auto pe = field<std::uint32_t>(head, 0x3C);
    if (!pe || field<std::uint32_t>(head, *pe) != 0x00004550) return std::nullopt;
    const auto sections = field<std::uint16_t>(head, std::size_t{*pe} + 6);
    const auto optional_header = field<std::uint16_t>(head, std::size_t{*pe} + 20);
    if (!sections || !optional_header) return std::nullopt;
    std::uint64_t end = 0;
    for (std::size_t i = 0; i < *sections; ++i) {
        const std::size_t entry = std::size_t{*pe} + 24 + *optional_header + i * 40;
        const auto size = field<std::uint32_t>(head, entry + 16);
        const auto start = field<std::uint32_t>(head, entry + 20);
        if (!size || !start) return std::nullopt;
        if (*size != 0) end = std::max(end, std::uint64_t{*start} + *size);
    }
    return end;
}

Result<> check_whole(Head head, std::uint64_t total) {
    const auto needed = file_size_by_efi_header(head);
    if (!needed || *needed <= total) return {};
    return fail(
        Error::message(EINVAL, fmt::format("the image is truncated: by its EFI header it has {} "
                                           "bytes, and here are {}",
                                           *needed, total)));
}

Error big_endian(const char* what) {
    return Error::message(EINVAL, fmt::format("this is a big-endian {}; Xen's rings and this "
                                              "builder's device trees need a little-endian kernel",
                                              what));
}

Segment whole_file(std::uint64_t total, std::uint64_t memory_size) {
    return {.offset = 0, .size = total, .memory_size = std::max(total, memory_size), .address = {}};
}

}  // namespace

// Documentation/arch/arm64/booting.rst.
Result<std::optional<KernelFacts>> probe_arm64(Head head, std::uint64_t total) {
    constexpr std::uint32_t kMagic = 0x644D5241;
    // Before the magic number came (Linux 3.8), this branch over the header was all there was.
    constexpr std::uint32_t kBranch = 0x14000008;
    if (field<std::uint32_t>(head, 0x38) != kMagic && field<std::uint32_t>(head, 0) != kBranch)
        return std::nullopt;
    if (head.size() < 0x40)
        return fail(Error::message(
            EINVAL, fmt::format("the arm64 Image is truncated: it has {} bytes, and its header 64",
                                total)));
    auto text_offset = *field<std::uint64_t>(head, 0x08);
    const auto image_size = *field<std::uint64_t>(head, 0x10);
    const auto flags = *field<std::uint64_t>(head, 0x18);
    if (image_size == 0) {
        // Linux before 3.17: the offset's byte order was not defined, the value always this, and
        // how much memory follows the file's bytes is not known.
        text_offset = 0x80000;
    } else if ((flags & 1) != 0) {
        return fail(big_endian("arm64 Image"));
    }
    if (text_offset >= kLargestImage || text_offset % 4 != 0)
        return fail(Error::message(
            EINVAL,
            fmt::format("the arm64 Image's header is damaged: text_offset is {:#x}", text_offset)));
    if (image_size > kLargestImage)
        return fail(Error::message(
            EINVAL, fmt::format("the arm64 Image's header is damaged: it claims {:#x} bytes of "
                                "memory, and no kernel needs more than {:#x}",
                                image_size, kLargestImage)));
    ZEROTH_CHECK(check_whole(head, total));
    KernelFacts facts;
    facts.format = Format::kArm64Image;
    facts.width = Width::k64;
    facts.text_offset = text_offset;
    facts.segments = {whole_file(total, image_size)};
    return facts;
}

Result<std::optional<KernelFacts>> probe_zimage(Head head, std::uint64_t total) {
    constexpr std::uint32_t kMagic = 0x016F2818;
    const auto magic = field<std::uint32_t>(head, 0x24);
    if (magic && *magic == std::byteswap(kMagic)) return fail(big_endian("arm32 zImage"));
    if (magic != kMagic) return std::nullopt;
    if (head.size() < 0x30)
        return fail(Error::message(
            EINVAL,
            fmt::format("the zImage is truncated: it has {} bytes, and its header 48", total)));
    const auto start = *field<std::uint32_t>(head, 0x28);
    const auto end = *field<std::uint32_t>(head, 0x2C);
    if (field<std::uint32_t>(head, 0x30) == 0x01020304) return fail(big_endian("arm32 zImage"));
    if (end < start || end - start > kLargestImage)
        return fail(Error::message(
            EINVAL, fmt::format("the zImage's header is damaged: it starts at {:#x} and ends at "
                                "{:#x}",
                                start, end)));
    const std::uint64_t length = end - start;
    // Linux's zImage, told by this second magic number, ends where its file ends or earlier (a
    // device tree may be appended); others, such as Xen's own, count their BSS.
    if (field<std::uint32_t>(head, 0x34) == 0x45454545 && length > total)
        return fail(Error::message(
            EINVAL, fmt::format("the zImage is truncated: by its header it has {} bytes, and here "
                                "are {}",
                                length, total)));
    ZEROTH_CHECK(check_whole(head, total));
    KernelFacts facts;
    facts.format = Format::kArm32ZImage;
    facts.width = Width::k32;
    facts.text_offset = 0x8000;
    if (start != 0) facts.entry = GuestAddress{start};
    facts.segments = {whole_file(total, length)};
    return facts;
}

Result<KernelFacts> probe_bytes(Head head, std::uint64_t total) {
    head = head.first(std::min<std::size_t>(head.size(), kHeadSize));
    if (total == 0 || head.empty()) return fail(Error::message(EINVAL, "this is an empty file"));
    if (total > kLargestImage)
        return fail(Error::message(
            EFBIG, fmt::format("its {} bytes are more than any kernel has (the limit is {})", total,
                               kLargestImage)));
    if (head.size() > total) head = head.first(static_cast<std::size_t>(total));
    for (const auto probe : {probe_arm64, probe_zimage, probe_elf}) {
        ZEROTH_TRY(auto facts, probe(head, total));
        if (!facts) continue;
        facts->image_size = total;
        return *std::move(facts);
    }
    return fail(not_a_kernel(head));
}

}  // namespace zeroth::image
