// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cassert>

#include "libdomain/image/kernel.hpp"
#include "libdomain/image/payload.hpp"
#include "libdomain/image/regular_file.hpp"

namespace zeroth::image {
namespace {

/// One pass over the image; the destinations are written where they are, without a copy between.
Result<> fill(Payload& payload, std::uint64_t image_size, std::span<const Placement> placements) {
    std::uint64_t position = 0;
    for (const auto& placement : placements) {
        if (placement.destination.empty()) continue;
        assert(placement.offset >= position && placement.offset <= image_size &&
               placement.destination.size() <= image_size - placement.offset);
        ZEROTH_CHECK(payload.skip(placement.offset - position));
        ZEROTH_CHECK(payload.read(placement.destination));
        position = placement.offset + placement.destination.size();
    }
    // Up to the end, so that sizes and checksums are verified whatever part was asked for.
    ZEROTH_CHECK(payload.skip(image_size - position));
    return payload.finish();
}

Result<> load_kernel(const KernelFacts& kernel, std::span<const Placement> placements) {
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
    ZEROTH_CHECK(fill(*payload, kernel.image_size, placements));
    return file.check_still(expected);
}

Result<> load_ramdisk(const RamdiskFacts& ramdisk, std::span<std::byte> destination) {
    const FileIdentity expected{
        .size = ramdisk.size, .inode = ramdisk.inode, .mtime_ns = ramdisk.mtime_ns};
    assert(destination.size() == ramdisk.size);
    ZEROTH_TRY(const auto file, RegularFile::open(ramdisk.path));
    ZEROTH_CHECK(file.check_still(expected));
    ZEROTH_CHECK(file.read_at(0, destination));
    return file.check_still(expected);
}

}  // namespace

Result<> load(const KernelFacts& kernel, std::span<const Placement> placements) {
    auto loaded = load_kernel(kernel, placements);
    if (loaded) return {};
    return fail(std::move(loaded).error().within(fmt::format("kernel {}", kernel.path)));
}

Result<> load(const RamdiskFacts& ramdisk, std::span<std::byte> destination) {
    auto loaded = load_ramdisk(ramdisk, destination);
    if (loaded) return {};
    return fail(std::move(loaded).error().within(fmt::format("ramdisk {}", ramdisk.path)));
}

}  // namespace zeroth::image
