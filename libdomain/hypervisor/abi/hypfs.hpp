// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>

/// Xen's own file system (xen/include/public/hypfs.h), of which `/params` has what can be changed
/// of Xen's command line while it runs.
namespace zeroth::xenabi {

enum class HypfsOp : std::uint32_t { kRead = 1, kWriteContents = 2 };

enum class HypfsType : std::uint8_t {
    kDirectory = 0,
    kBlob = 1,
    kString = 2,
    kUnsigned = 3,
    kSigned = 4,
    kBool = 5,
};

/// struct xen_hypfs_direntry; what the entry holds comes right after it.
struct HypfsEntry {
    HypfsType type;
    std::uint8_t encoding;
    std::uint16_t pad;
    std::uint32_t content_len, max_write_len;
};
static_assert(sizeof(HypfsEntry) == 12);

/// struct xen_hypfs_dirlistentry, of which a directory's contents are made; then comes the name.
struct HypfsListed {
    HypfsEntry entry;
    /// From here to the next one; 0 in the last.
    std::uint16_t off_next;
};
inline constexpr std::uint32_t kHypfsNameOffset = 14;

}  // namespace zeroth::xenabi
