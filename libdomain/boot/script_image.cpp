// SPDX-License-Identifier: Apache-2.0
#include "libdomain/boot/script_image.hpp"

#include <zlib.h>

#include <algorithm>
#include <span>

namespace zeroth::boot {
namespace {

constexpr std::uint32_t kMagic = 0x27051956;
constexpr std::byte kOsLinux{5}, kArchArm{2}, kArchArm64{22}, kTypeScript{6}, kCompressionNone{0};
constexpr std::size_t kHeaderSize = 64, kNameSize = 32;

void put(std::vector<std::byte>& out, std::uint32_t value) {
    for (const int shift : {24, 16, 8, 0}) out.push_back(static_cast<std::byte>(value >> shift));
}

std::uint32_t checksum(std::span<const std::byte> bytes) {
    return static_cast<std::uint32_t>(
        ::crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

std::vector<std::byte> make_header(std::span<const std::byte> data, std::string_view name,
                                   std::uint32_t time, bool is_64_bit) {
    std::vector<std::byte> header;
    put(header, kMagic);
    put(header, 0);  // its own checksum, made with this as zero
    put(header, time);
    put(header, static_cast<std::uint32_t>(data.size()));
    put(header, 0);  // load address and entry point: a script has none
    put(header, 0);
    put(header, checksum(data));
    for (const auto byte :
         {kOsLinux, is_64_bit ? kArchArm64 : kArchArm, kTypeScript, kCompressionNone})
        header.push_back(byte);
    for (const char letter : name.substr(0, kNameSize - 1))
        header.push_back(static_cast<std::byte>(letter));
    header.resize(kHeaderSize);
    std::vector<std::byte> sum;
    put(sum, checksum(header));
    std::ranges::copy(sum, header.begin() + 4);
    return header;
}

}  // namespace

Result<std::vector<std::byte>> script_image(std::string_view script, std::string_view name,
                                            std::uint32_t time, bool is_64_bit) {
    constexpr std::size_t kLargest = 1 << 20;
    if (script.size() > kLargest)
        return fail(Error::message(EFBIG, "the boot script is larger than 1 MiB"));
    std::vector<std::byte> data;
    // A list of lengths, ended by a zero: one script.
    put(data, static_cast<std::uint32_t>(script.size()));
    put(data, 0);
    for (const char letter : script) data.push_back(static_cast<std::byte>(letter));
    auto image = make_header(data, name, time, is_64_bit);
    image.insert(image.end(), data.begin(), data.end());
    return image;
}

}  // namespace zeroth::boot
