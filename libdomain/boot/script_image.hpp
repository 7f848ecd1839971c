// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace zeroth::boot {

/// A script as U-Boot's `source` reads it (mkimage's legacy format, U-Boot: include/image.h):
/// a header of 64 bytes with checksums, then the text and its length. `time` is in seconds since
/// 1970.
Result<std::vector<std::byte>> script_image(std::string_view script, std::string_view name,
                                            std::uint32_t time, bool is_64_bit);

}  // namespace zeroth::boot
