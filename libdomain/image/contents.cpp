// SPDX-License-Identifier: Apache-2.0
#include "libdomain/image/contents.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "core/cursor.hpp"

namespace zeroth::image {
namespace {

using namespace std::string_view_literals;

struct Signature {
    std::size_t offset;
    std::string_view bytes;
    const char* what;
    const char* hint;
};

constexpr const char* kUnpack =
    "Only gzip is unpacked here: unpack the file first, or compress it with gzip.";

// The more telling ones first: an EFI application is also an MS-DOS program.
constexpr auto kSignatures = std::to_array<Signature>({
    {0x202, "HdrS"sv, "an x86 bzImage", ""},
    {4, "zimg"sv, "an EFI zboot image (a compressed kernel inside an EFI program)",
     "Use the Image or Image.gz that it was made of."},
    {0,
     "\xfd"
     "7zXZ\0"sv,
     "an xz file", kUnpack},
    {0, "BZh"sv, "a bzip2 file", kUnpack},
    {0, "\x28\xb5\x2f\xfd"sv, "a zstd file", kUnpack},
    {0, "\x02\x21\x4c\x18"sv, "an LZ4 file", kUnpack},
    {0, "\x04\x22\x4d\x18"sv, "an LZ4 file", kUnpack},
    {0, "\x5d\0\0"sv, "an LZMA file", kUnpack},
    {0, "\x89LZO\0"sv, "an LZO file", kUnpack},
    {0, "\x1f\x8b"sv, "a gzip file", "Unpack it as often as it was packed, down to one layer."},
    {0, "\x27\x05\x19\x56"sv, "a uImage", ""},
    {0, "070701"sv, "a cpio archive", "Was it meant for ramdisk=?"},
    {0, "070702"sv, "a cpio archive", "Was it meant for ramdisk=?"},
    {0, "\xd0\x0d\xfe\xed"sv, "a device tree blob or a FIT image",
     "Use the kernel that the FIT image was made of; a partial device tree goes to device_tree=."},
    {0, "ANDROID!"sv, "an Android boot image", "Use the kernel that it was made of."},
    {0, "hsqs"sv, "a squashfs file system", ""},
    {0x438, "\x53\xef"sv, "an ext2, ext3 or ext4 file system", ""},
    {0x8001, "CD001"sv, "an ISO 9660 file system", ""},
    {0, "QFI\xfb"sv, "a qcow disk image", ""},
    {0, "#!"sv, "a script", ""},
    {0, "!<arch>\n"sv, "an ar archive or Debian package", "Use the vmlinuz inside the package."},
    {0, "PK\x03\x04"sv, "a zip archive", ""},
    {257, "ustar"sv, "a tar archive", ""},
    {0, "MZ"sv, "an EFI or MS-DOS program without a Linux kernel's header", ""},
});

bool has(std::span<const std::byte> head, const Signature& signature) {
    if (head.size() < signature.offset + signature.bytes.size()) return false;
    const auto bytes = std::as_bytes(std::span{signature.bytes});
    return std::ranges::equal(head.subspan(signature.offset, bytes.size()), bytes);
}

const Signature* find_signature(std::span<const std::byte> head) {
    const auto* found =
        std::ranges::find_if(kSignatures, [&](const Signature& one) { return has(head, one); });
    return found == kSignatures.end() ? nullptr : found;
}

bool is_text(std::span<const std::byte> head) {
    return std::ranges::all_of(head, [](std::byte byte) {
        const auto c = std::to_integer<unsigned char>(byte);
        return c >= 0x20 ? c != 0x7F : c == '\t' || c == '\n' || c == '\r' || c == '\f';
    });
}

std::optional<std::string> describe_elf(std::span<const std::byte> head) {
    ByteReader reader{head};
    if (reader.big<std::uint32_t>() != 0x7F454C46) return std::nullopt;
    const auto bits = reader.little<std::uint8_t>();
    const auto order = reader.little<std::uint8_t>();
    reader.skip(12);
    const auto machine = order == 2 ? reader.big<std::uint16_t>() : reader.little<std::uint16_t>();
    if (!reader.ok()) return "a truncated ELF file";
    return fmt::format("{}{} ELF file for {}", bits == 2 ? "a 64-bit" : "a 32-bit",
                       order == 2 ? " big-endian" : "", elf_machine(machine));
}

}  // namespace

std::string elf_machine(std::uint16_t machine) {
    switch (machine) {
        case 3:
            return "x86 (i386)";
        case 8:
            return "MIPS";
        case 20:
            return "PowerPC";
        case 21:
            return "64-bit PowerPC";
        case 22:
            return "s390";
        case 40:
            return "32-bit ARM";
        case 62:
            return "x86-64";
        case 183:
            return "64-bit ARM";
        case 243:
            return "RISC-V";
        case 258:
            return "LoongArch";
        default:
            return fmt::format("machine {}", machine);
    }
}

std::string describe_contents(std::span<const std::byte> head) {
    if (head.empty()) return "an empty file";
    if (const auto elf = describe_elf(head)) return *elf;
    if (const auto* signature = find_signature(head)) return signature->what;
    if (is_text(head)) return "a text file";
    if (std::ranges::all_of(head, [](std::byte byte) { return byte == std::byte{0}; }))
        return "a file of zeros";
    return "a file of unknown content";
}

Error not_a_kernel(std::span<const std::byte> head) {
    const auto* signature = find_signature(head);
    const std::string special = signature ? signature->hint : "";
    return Error::message(EINVAL, fmt::format("this is {}, not a kernel for an ARM guest",
                                              describe_contents(head)))
        .with_hint(special.empty()
                       ? "A kernel is an arm64 Image, an arm32 zImage or an ARM ELF file; "
                         "gzip or a uImage header may be around it."
                       : special);
}

}  // namespace zeroth::image
