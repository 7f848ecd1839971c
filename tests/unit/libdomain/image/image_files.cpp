// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/libdomain/image/image_files.hpp"

#include <zlib.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <span>

namespace zeroth::testing {
namespace {

Bytef* bytes_of(std::byte* bytes) { return reinterpret_cast<Bytef*>(bytes); }

Blob patterned(std::size_t size) {
    Blob blob(size);
    std::uint32_t state = 1;
    for (auto& byte : blob) {
        state = state * 1664525 + 1013904223;
        byte = static_cast<std::byte>(state >> 24);
    }
    return blob;
}

std::uint32_t crc(std::span<const std::byte> bytes) {
    return static_cast<std::uint32_t>(
        ::crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

}  // namespace

Blob blob_of(std::string_view text) {
    const auto bytes = std::as_bytes(std::span{text});
    return {bytes.begin(), bytes.end()};
}

Blob arm64_image(std::size_t size, const Arm64Header& header) {
    Blob blob = patterned(size);
    std::fill_n(blob.begin(), 0x40, std::byte{0});
    put<std::uint64_t>(blob, 0x08, header.text_offset);
    put<std::uint64_t>(blob, 0x10, header.image_size);
    put<std::uint64_t>(blob, 0x18, header.flags);
    put<std::uint32_t>(blob, 0x38, 0x644D5241);
    return blob;
}

Blob zimage(std::size_t size, std::uint32_t start, std::uint32_t end) {
    Blob blob = patterned(size);
    std::fill_n(blob.begin(), std::min<std::size_t>(size, 0x40), std::byte{0});
    put<std::uint32_t>(blob, 0x24, 0x016F2818);
    put<std::uint32_t>(blob, 0x28, start);
    put<std::uint32_t>(blob, 0x2C, end);
    if (size >= 0x34) put<std::uint32_t>(blob, 0x30, 0x04030201);
    return blob;
}

Blob elf(std::size_t size, const ElfHeader& header, const std::vector<ElfSegment>& segments) {
    Blob blob = patterned(size);
    const std::size_t header_size = header.wide ? 64 : 52, entry_size = header.wide ? 56 : 32;
    std::fill_n(blob.begin(), header_size, std::byte{0});
    const auto word = [&](std::size_t at, std::uint64_t value) {
        if (header.wide)
            put<std::uint64_t>(blob, at, value);
        else
            put<std::uint32_t>(blob, at, static_cast<std::uint32_t>(value));
    };
    const std::size_t step = header.wide ? 8 : 4;
    put<std::uint32_t>(blob, 0, 0x7F454C46, true);
    put<std::uint8_t>(blob, 4, header.wide ? 2 : 1);
    put<std::uint8_t>(blob, 5, 1);
    put<std::uint8_t>(blob, 6, 1);
    put<std::uint16_t>(blob, 16, 2);
    put<std::uint16_t>(blob, 18, header.machine);
    put<std::uint32_t>(blob, 20, 1);
    word(24, header.entry);
    word(24 + step, header_size);
    put<std::uint16_t>(blob, 24 + 3 * step + 6, static_cast<std::uint16_t>(entry_size));
    put<std::uint16_t>(blob, 24 + 3 * step + 8, static_cast<std::uint16_t>(segments.size()));
    for (std::size_t i = 0; i < segments.size(); ++i) {
        const std::size_t at = header_size + i * entry_size;
        const std::size_t fields = at + (header.wide ? 8 : 4);
        put<std::uint32_t>(blob, at, 1);
        word(fields, segments[i].offset);
        word(fields + step, segments[i].virtual_address);
        word(fields + 2 * step, segments[i].address);
        word(fields + 3 * step, segments[i].size);
        word(fields + 4 * step, segments[i].memory_size);
    }
    return blob;
}

Blob gzip(const Blob& content) {
    z_stream stream{};
    ::deflateInit2(&stream, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY);
    Blob out(::deflateBound(&stream, content.size()) + 64);
    Blob in = content;
    stream.next_in = bytes_of(in.data());
    stream.avail_in = static_cast<uInt>(in.size());
    stream.next_out = bytes_of(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    ::deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    ::deflateEnd(&stream);
    return out;
}

Blob uimage(const Blob& content, const UimageHeader& header) {
    Blob blob(64);
    put<std::uint32_t>(blob, 0, 0x27051956, true);
    put<std::uint32_t>(blob, 12, static_cast<std::uint32_t>(content.size()), true);
    put<std::uint32_t>(blob, 24, crc(content), true);
    put<std::uint8_t>(blob, 28, 5);
    put<std::uint8_t>(blob, 29, header.architecture);
    put<std::uint8_t>(blob, 30, header.type);
    put<std::uint8_t>(blob, 31, header.compression);
    put<std::uint32_t>(blob, 4, crc(blob), true);
    blob.insert(blob.end(), content.begin(), content.end());
    return blob;
}

TemporaryFolder::TemporaryFolder() {
    path_ = (std::filesystem::temp_directory_path() / "zeroth-image-XXXXXX").string();
    if (::mkdtemp(path_.data()) == nullptr) std::abort();
}

TemporaryFolder::~TemporaryFolder() { std::filesystem::remove_all(path_); }

std::string TemporaryFolder::path(std::string_view name) const {
    return path_ + "/" + std::string{name};
}

std::string TemporaryFolder::file(std::string_view name, const Blob& content) const {
    std::ofstream out{path(name), std::ios::binary};
    out.write(reinterpret_cast<const char*>(content.data()),
              static_cast<std::streamsize>(content.size()));
    return path(name);
}

}  // namespace zeroth::testing
