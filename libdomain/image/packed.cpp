// SPDX-License-Identifier: Apache-2.0
#include "libdomain/image/packed.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>

#include "core/cursor.hpp"

namespace zeroth::image {
namespace {

using Head = std::span<const std::byte>;

constexpr std::uint32_t kUimageMagic = 0x27051956;
constexpr std::size_t kUimageHeader = 64;

bool is_gzip(Head bytes) {
    return bytes.size() >= 2 && bytes[0] == std::byte{0x1F} && bytes[1] == std::byte{0x8B};
}

/// The header's CRC is over the header with that field as zero.
std::uint32_t header_crc(Head head) {
    std::array<std::byte, kUimageHeader> copy{};
    std::ranges::copy(head.first(kUimageHeader), copy.begin());
    std::fill_n(copy.begin() + 4, 4, std::byte{0});
    return static_cast<std::uint32_t>(
        ::crc32_z(0, reinterpret_cast<const Bytef*>(copy.data()), copy.size()));
}

Result<Width> width_of(std::uint8_t architecture) {
    constexpr std::uint8_t kArm = 2, kX86 = 3, kX86_64 = 24, kArm64 = 22, kRiscv = 26;
    switch (architecture) {
        case kArm:
            return Width::k32;
        case kArm64:
            return Width::k64;
        case kX86:
        case kX86_64:
            return fail(Error::message(EINVAL, "this is a uImage for x86, not for ARM"));
        case kRiscv:
            return fail(Error::message(EINVAL, "this is a uImage for RISC-V, not for ARM"));
        default:
            return fail(Error::message(
                EINVAL, fmt::format("this is a uImage for architecture {}, not for ARM (2 or 22)",
                                    architecture)));
    }
}

Result<bool> is_gzip_compression(std::uint8_t compression) {
    constexpr std::uint8_t kNone = 0, kGzip = 1;
    if (compression == kNone || compression == kGzip) return compression == kGzip;
    return fail(Error::message(EINVAL, fmt::format("the uImage is compressed by method {}; only "
                                                   "none (0) and gzip (1) are known here",
                                                   compression)));
}

Result<Packing> parse_uimage(Head head, std::uint64_t file_size) {
    if (head.size() < kUimageHeader)
        return fail(Error::message(EINVAL, "the uImage is truncated: it ends within its header"));
    ByteReader reader{head};
    reader.skip(4);
    const auto stated_crc = reader.big<std::uint32_t>();
    reader.skip(4);
    const std::uint64_t size = reader.big<std::uint32_t>();
    reader.skip(8);
    const auto payload_crc = reader.big<std::uint32_t>();
    reader.skip(1);
    const auto architecture = reader.big<std::uint8_t>();
    const auto type = reader.big<std::uint8_t>();
    const auto compression = reader.big<std::uint8_t>();
    if (stated_crc != header_crc(head))
        return fail(Error::message(EINVAL, "the uImage's header is damaged: its CRC is wrong"));
    constexpr std::uint8_t kKernel = 2, kKernelNoload = 14;
    if (type != kKernel && type != kKernelNoload)
        return fail(Error::message(
            EINVAL, fmt::format("this is a uImage of type {}, not of a kernel (2 or 14)", type)));
    if (size > file_size - kUimageHeader)
        return fail(Error::message(
            EINVAL,
            fmt::format("the uImage is truncated: {} bytes should follow its header, and {} "
                        "do",
                        size, file_size - kUimageHeader)));
    if (size == 0) return fail(Error::message(EINVAL, "the uImage is empty"));
    Packing packing{.offset = kUimageHeader, .size = size, .uimage = true};
    ZEROTH_TRY(packing.width, width_of(architecture));
    ZEROTH_TRY(packing.gzip, is_gzip_compression(compression));
    packing.payload_crc = payload_crc;
    const auto inner = head.subspan(kUimageHeader);
    if (packing.gzip && !is_gzip(inner))
        return fail(Error::message(EINVAL, "the uImage says that it holds gzip, and does not"));
    // mkimage -C none around an Image.gz is common.
    packing.gzip = is_gzip(inner);
    return packing;
}

}  // namespace

Result<Packing> find_packing(Head head, std::uint64_t file_size) {
    ByteReader reader{head};
    if (reader.big<std::uint32_t>() == kUimageMagic) return parse_uimage(head, file_size);
    return Packing{.size = file_size, .gzip = is_gzip(head)};
}

}  // namespace zeroth::image
