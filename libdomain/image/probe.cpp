// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "core/cursor.hpp"
#include "libdomain/image/formats.hpp"
#include "libdomain/image/kernel.hpp"
#include "libdomain/image/packed.hpp"
#include "libdomain/image/payload.hpp"
#include "libdomain/image/regular_file.hpp"

namespace zeroth::image {
namespace {

/// An image's first bytes and how many there are in all.
struct Unpacked {
    std::vector<std::byte> head;
    std::uint64_t total = 0;
};

/// Whether a size from a gzip trailer can be that of a kernel that shrank to `packed` bytes.
/// Kernels shrink to a half or a third; padding after the trailer, or a truncated file, gives any
/// number.
bool plausible(std::uint64_t unpacked, std::uint64_t packed, std::size_t head) {
    constexpr std::uint64_t kMostShrinking = 64;
    return unpacked > head && unpacked <= kLargestImage && unpacked / kMostShrinking <= packed;
}

/// The size is gzip's trailer's where that is believable, which `load` verifies; else it is found
/// by unpacking everything once.
Result<std::uint64_t> unpacked_size(const RegularFile& file, const Packing& packing,
                                    std::size_t head) {
    std::array<std::byte, 4> trailer{};
    if (packing.size < trailer.size()) return fail("the gzip file is truncated");
    ZEROTH_CHECK(file.read_at(packing.offset + packing.size - trailer.size(), trailer));
    const std::uint64_t stated = ByteReader{trailer}.little<std::uint32_t>();
    if (plausible(stated, packing.size, head)) return stated;
    ZEROTH_TRY(const auto payload, Payload::open(file, packing));
    return payload->count_rest(kLargestImage);
}

Result<Unpacked> unpack_head(const RegularFile& file, const Packing& packing) {
    ZEROTH_TRY(const auto payload, Payload::open(file, packing));
    Unpacked unpacked;
    unpacked.head.resize(kHeadSize);
    ZEROTH_TRY(const auto count, payload->read_some(unpacked.head));
    unpacked.head.resize(count);
    unpacked.total = packing.size;
    if (!packing.gzip) return unpacked;
    unpacked.total = count;
    if (count < kHeadSize) return unpacked;
    ZEROTH_TRY(unpacked.total, unpacked_size(file, packing, count));
    return unpacked;
}

Result<KernelFacts> probe_unpacked(const Unpacked& unpacked, const Packing& packing) {
    auto facts = probe_bytes(unpacked.head, unpacked.total);
    if (!facts) {
        auto error = std::move(facts).error();
        if (packing.gzip) error = std::move(error).within("inside the gzip file");
        if (packing.uimage) error = std::move(error).within("inside the uImage");
        return fail(std::move(error));
    }
    if (packing.width && *packing.width != facts->width)
        return fail(Error::message(EINVAL,
                                   "the uImage's header names another architecture than "
                                   "the kernel in it"));
    return facts;
}

Result<KernelFacts> probe_file(const std::string& path) {
    ZEROTH_TRY(const auto file, RegularFile::open(path));
    const auto& identity = file.identity();
    if (identity.size == 0) return fail(Error::message(EINVAL, "this is an empty file"));
    if (identity.size > kLargestImage)
        return fail(Error::message(
            EFBIG, fmt::format("its {} bytes are more than any kernel has (the limit is {})",
                               identity.size, kLargestImage)));
    std::vector<std::byte> head(
        static_cast<std::size_t>(std::min<std::uint64_t>(identity.size, 4096)));
    ZEROTH_CHECK(file.read_at(0, head));
    ZEROTH_TRY(const auto packing, find_packing(head, identity.size));
    ZEROTH_TRY(const auto unpacked, unpack_head(file, packing));
    ZEROTH_TRY(auto facts, probe_unpacked(unpacked, packing));
    facts.path = path;
    facts.file_offset = packing.offset;
    facts.file_size = packing.size;
    facts.gzip = packing.gzip;
    facts.uimage = packing.uimage;
    facts.payload_crc = packing.payload_crc;
    facts.inode = identity.inode;
    facts.mtime_ns = identity.mtime_ns;
    facts.size_on_disk = identity.size;
    return facts;
}

Result<RamdiskFacts> probe_ramdisk_file(const std::string& path) {
    ZEROTH_TRY(const auto file, RegularFile::open(path));
    const auto& identity = file.identity();
    if (identity.size == 0) return fail(Error::message(EINVAL, "this is an empty file"));
    return RamdiskFacts{.path = path,
                        .size = identity.size,
                        .inode = identity.inode,
                        .mtime_ns = identity.mtime_ns};
}

}  // namespace

Result<KernelFacts> probe(const std::string& path) {
    auto facts = probe_file(path);
    if (!facts) return fail(std::move(facts).error().within(fmt::format("kernel {}", path)));
    return facts;
}

Result<RamdiskFacts> probe_ramdisk(const std::string& path) {
    auto facts = probe_ramdisk_file(path);
    if (!facts) return fail(std::move(facts).error().within(fmt::format("ramdisk {}", path)));
    return facts;
}

}  // namespace zeroth::image
