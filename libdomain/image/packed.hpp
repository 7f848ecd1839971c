// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "core/result.hpp"
#include "libdomain/image/kernel.hpp"

namespace zeroth::image {

/// Where in a file the kernel's bytes lie, and what is around them.
struct Packing {
    std::uint64_t offset = 0, size = 0;
    bool gzip = false, uimage = false;
    /// Of a uImage: the width its header names, and its payload's CRC-32.
    std::optional<Width> width = std::nullopt;
    std::optional<std::uint32_t> payload_crc = std::nullopt;
};

/// Looks for a uImage header and for gzip, in that order; `head` is the file's beginning.
Result<Packing> find_packing(std::span<const std::byte> head, std::uint64_t file_size);

}  // namespace zeroth::image
