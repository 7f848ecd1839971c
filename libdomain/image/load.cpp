// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "libdomain/image/kernel.hpp"
#include "libdomain/image/payload.hpp"
#include "libdomain/image/regular_file.hpp"

namespace zeroth::image {
namespace {

std::span<std::byte> first_of(std::span<std::byte> buffer, std::uint64_t left) {
    return buffer.first(static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), left)));
}

Result<> pass_on(Payload& payload, std::uint64_t image_size, std::span<std::byte> buffer,
                 const Take& take) {
    for (std::uint64_t offset = 0; offset < image_size;) {
        const auto piece = first_of(buffer, image_size - offset);
        ZEROTH_CHECK(payload.read(piece));
        ZEROTH_CHECK(take(offset, piece));
        offset += piece.size();
    }
    return payload.finish();
}

Result<> load_kernel(const KernelFacts& kernel, std::span<std::byte> buffer, const Take& take) {
    const FileIdentity expected{
        .size = kernel.size_on_disk, .inode = kernel.inode, .mtime_ns = kernel.mtime_ns};
    const Packing packing{.offset = kernel.file_offset,
                          .size = kernel.file_size,
                          .gzip = kernel.gzip,
                          .uimage = kernel.uimage,
                          .width = {},
                          .payload_crc = kernel.payload_crc};
    ZEROTH_TRY(const auto file, RegularFile::open(kernel.path));
    ZEROTH_CHECK(file.check_still(expected));
    ZEROTH_TRY(const auto payload, Payload::open(file, packing));
    ZEROTH_CHECK(pass_on(*payload, kernel.image_size, buffer, take));
    return file.check_still(expected);
}

Result<> load_ramdisk(const RamdiskFacts& ramdisk, std::span<std::byte> buffer, const Take& take) {
    const FileIdentity expected{
        .size = ramdisk.size, .inode = ramdisk.inode, .mtime_ns = ramdisk.mtime_ns};
    ZEROTH_TRY(const auto file, RegularFile::open(ramdisk.path));
    ZEROTH_CHECK(file.check_still(expected));
    for (std::uint64_t offset = 0; offset < ramdisk.size;) {
        const auto piece = first_of(buffer, ramdisk.size - offset);
        ZEROTH_CHECK(file.read_at(offset, piece));
        ZEROTH_CHECK(take(offset, piece));
        offset += piece.size();
    }
    return file.check_still(expected);
}

}  // namespace

Result<> load(const KernelFacts& kernel, std::span<std::byte> buffer, const Take& take) {
    auto loaded = load_kernel(kernel, buffer, take);
    if (loaded) return {};
    return fail(std::move(loaded).error().within(fmt::format("kernel {}", kernel.path)));
}

Result<> load(const RamdiskFacts& ramdisk, std::span<std::byte> buffer, const Take& take) {
    auto loaded = load_ramdisk(ramdisk, buffer, take);
    if (loaded) return {};
    return fail(std::move(loaded).error().within(fmt::format("ramdisk {}", ramdisk.path)));
}

}  // namespace zeroth::image
