// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.hpp"
#include "core/result.hpp"
#include "core/units.hpp"

/// What a kernel file is: facts about it, no bytes kept. Headers are untrusted.
namespace zeroth::image {

enum class Format { kArm64Image, kArm32ZImage, kElf };
enum class Width { k64, k32 };

/// A piece of the (unwrapped) image that goes to memory.
struct Segment {
    /// Offset in the image after any wrapper and compression are gone.
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    /// At least `size`; the rest is zero (BSS).
    std::uint64_t memory_size = 0;
    /// ELF: the address it asks for. Image and zImage: unused, see KernelFacts.
    GuestAddress address;
};

struct KernelFacts {
    std::string path;
    Format format = Format::kArm64Image;
    Width width = Width::k64;
    /// Where the payload lies in the file: past a uImage header, if there is one.
    std::uint64_t file_offset = 0, file_size = 0;
    bool gzip = false;
    bool uimage = false;
    /// Bytes of the image once unpacked.
    std::uint64_t image_size = 0;
    /// Image: offset from a 2 MiB boundary of RAM. zImage: 0x8000.
    std::uint64_t text_offset = 0;
    /// zImage with a non-zero start, and ELF: the entry point's address.
    std::optional<GuestAddress> entry;
    std::vector<Segment> segments;
    /// uImage: what its header says the payload's CRC-32 is, checked while loading.
    std::optional<std::uint32_t> payload_crc;
    /// For noticing that the file changed between probe and load.
    std::uint64_t inode = 0;
    std::int64_t mtime_ns = 0;
    std::uint64_t size_on_disk = 0;
};

/// Nothing larger is taken for a kernel, packed or unpacked, however much memory a header claims.
inline constexpr std::uint64_t kLargestImage = std::uint64_t{1} << 30;

/// Recognises the file: a uImage or gzip wrapper around an arm64 Image, a zImage or an ELF file.
/// Errors say what was found instead, and for which machine it is where that can be told.
Result<KernelFacts> probe(const std::string& path);

/// The same on an image's first bytes, for tests and fuzzing; `total` is the unpacked size. Errors
/// do not name a file.
Result<KernelFacts> probe_bytes(std::span<const std::byte> head, std::uint64_t total);

/// A ramdisk is loaded byte for byte: only its size matters.
struct RamdiskFacts {
    std::string path;
    std::uint64_t size = 0;
    std::uint64_t inode = 0;
    std::int64_t mtime_ns = 0;
};
Result<RamdiskFacts> probe_ramdisk(const std::string& path);

/// Takes the next bytes of a file's content; `offset` counts from its first.
using Take = std::function<Result<>(std::uint64_t offset, std::span<const std::byte> bytes)>;

/// Reads (and unzips) the file once, front to back, in pieces that fill `buffer`. An Error if the
/// file is no longer what was probed, or of the taker's.
Result<> load(const KernelFacts& kernel, std::span<std::byte> buffer, const Take& take);
Result<> load(const RamdiskFacts& ramdisk, std::span<std::byte> buffer, const Take& take);

}  // namespace zeroth::image
