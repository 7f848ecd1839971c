// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/ids.hpp"
#include "core/strong.hpp"

namespace zeroth {

using Bytes = Strong<struct BytesTag, std::uint64_t>;
using KiB = Strong<struct KiBTag, std::uint64_t>;

constexpr KiB mib(std::uint64_t count) { return KiB{count << 10}; }
constexpr Bytes to_bytes(KiB size) { return Bytes{size.raw() << 10}; }
constexpr std::uint64_t to_pages(KiB size) { return size.raw() / (kPageSize >> 10); }
constexpr KiB pages_to_kib(std::uint64_t pages) { return KiB{pages * (kPageSize >> 10)}; }
constexpr KiB operator+(KiB a, KiB b) { return KiB{a.raw() + b.raw()}; }

constexpr std::uint64_t align_up(std::uint64_t value, std::uint64_t power_of_two) {
    return (value + power_of_two - 1) & ~(power_of_two - 1);
}
constexpr std::uint64_t align_down(std::uint64_t value, std::uint64_t power_of_two) {
    return value & ~(power_of_two - 1);
}

}  // namespace zeroth
