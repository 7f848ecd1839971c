// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "core/result.hpp"
#include "libdomain/image/kernel.hpp"

/// The formats `probe_bytes` tries in turn. Each fills in what it knows; nullopt says that the
/// bytes are none of its own, an Error that they are but cannot be used.
namespace zeroth::image {

/// How much of an (unpacked) image is looked at. All headers lie in it.
inline constexpr std::size_t kHeadSize = 64 << 10;

Result<std::optional<KernelFacts>> probe_arm64(std::span<const std::byte> head,
                                               std::uint64_t total);
Result<std::optional<KernelFacts>> probe_zimage(std::span<const std::byte> head,
                                                std::uint64_t total);
Result<std::optional<KernelFacts>> probe_elf(std::span<const std::byte> head, std::uint64_t total);

}  // namespace zeroth::image
