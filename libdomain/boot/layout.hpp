// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/result.hpp"

/// Booting Xen with U-Boot: where its files go in a board's memory, and the script that puts them
/// there.
namespace zeroth::boot {

/// A stretch of physical addresses, in bytes.
struct Region {
    std::uint64_t start = 0, size = 0;
    std::string what;

    std::uint64_t end() const { return start + size; }
    bool overlaps(const Region& other) const { return start < other.end() && other.start < end(); }
};

/// What U-Boot loads.
enum class Part { kKernel, kRamdisk, kTree, kXen };
const char* name_of(Part part);

struct Load {
    Part part = Part::kXen;
    /// How much room it needs: of Xen more than its file has (BSS).
    std::uint64_t size = 0;
    /// Where the user, or the board, wants it.
    std::optional<std::uint64_t> pinned = std::nullopt;
    std::string file{};
};

struct Memory {
    Region ram;
    /// At the top of RAM, where nothing is put: U-Boot runs there, and Xen moves itself there.
    std::uint64_t keep_top = 0;
    /// Firmware, the script while it runs, what the device tree reserves.
    std::vector<Region> taken;
};

struct Layout {
    Memory memory;
    /// What found a place.
    std::vector<std::pair<Part, Region>> loads;
    /// Why it does not do, when it does not; a picture can be drawn of it all the same.
    std::optional<Error> problem;
};

/// Everything begins and ends at 2 MiB.
inline constexpr std::uint64_t kStep = std::uint64_t{2} << 20;

/// From the top of RAM down, in the order given, in steps of 2 MiB, below what is taken. What is
/// pinned stays where it is put.
Layout lay_out(Memory memory, const std::vector<Load>& loads);

/// Where a part lies; it must have found a place.
std::uint64_t address_of(const Layout& layout, Part part);

/// The largest stretch of RAM that nothing lies in: dom0's memory comes from such, since its
/// addresses are the machine's.
std::uint64_t largest_gap(const Layout& layout);

/// RAM from the top down, a line for each region and gap.
std::string picture(const Layout& layout);

}  // namespace zeroth::boot
