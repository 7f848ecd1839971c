// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// Kernel files made by hand, byte by byte, for tests.
namespace zeroth::testing {

using Blob = std::vector<std::byte>;

/// Stores `value` little-endian (or big-endian) at `offset`.
template <class T>
void put(Blob& blob, std::size_t offset, T value, bool big = false) {
    for (std::size_t i = 0; i < sizeof value; ++i) {
        const std::size_t shift = 8 * (big ? sizeof value - 1 - i : i);
        blob.at(offset + i) = static_cast<std::byte>(static_cast<std::uint64_t>(value) >> shift);
    }
}
Blob blob_of(std::string_view text);

struct Arm64Header {
    std::uint64_t text_offset = 0, image_size = 0, flags = 0xA;
};
/// `size` bytes of which the first 64 are the header and the rest a pattern that does not repeat.
Blob arm64_image(std::size_t size, const Arm64Header& header);
Blob zimage(std::size_t size, std::uint32_t start, std::uint32_t end);

struct ElfSegment {
    std::uint64_t offset = 0, virtual_address = 0, address = 0, size = 0, memory_size = 0;
};
struct ElfHeader {
    bool wide = true;
    std::uint16_t machine = 183;
    std::uint64_t entry = 0;
};
Blob elf(std::size_t size, const ElfHeader& header, const std::vector<ElfSegment>& segments);

Blob gzip(const Blob& content);
struct UimageHeader {
    std::uint8_t architecture = 22, type = 2, compression = 0;
};
Blob uimage(const Blob& content, const UimageHeader& header);

/// A file in a folder that goes when the test ends.
class TemporaryFolder {
public:
    TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder();
    std::string path(std::string_view name) const;
    /// Writes the file and returns its path.
    std::string file(std::string_view name, const Blob& content) const;

private:
    std::string path_;
};

}  // namespace zeroth::testing
