// SPDX-License-Identifier: Apache-2.0
#include "libdomain/boot/layout.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/units.hpp"

namespace zeroth::boot {
namespace {

/// Below `ceiling`, clear of everything in `busy`; nothing if it does not fit above `floor`.
std::optional<std::uint64_t> place_below(std::uint64_t ceiling, std::uint64_t floor,
                                         std::uint64_t size, const std::vector<Region>& busy) {
    while (ceiling >= size && ceiling - size >= floor) {
        const Region here{align_down(ceiling - size, kStep), size, {}};
        if (here.start < floor) break;
        const auto in_the_way =
            std::ranges::find_if(busy, [&](const Region& other) { return here.overlaps(other); });
        if (in_the_way == busy.end()) return here.start;
        ceiling = align_down(in_the_way->start, kStep);
    }
    return std::nullopt;
}

std::string describe(const Region& region) {
    return fmt::format("{} ({:#x} to {:#x})", region.what, region.start, region.end());
}

std::optional<Error> check_pinned(const Region& pinned, const Memory& memory,
                                  const std::vector<Region>& busy) {
    if (pinned.start % kStep != 0)
        return Error::message(EINVAL, fmt::format("{} is to be at {:#x}, which is no multiple of "
                                                  "2 MiB",
                                                  pinned.what, pinned.start));
    if (pinned.start < memory.ram.start || pinned.end() > memory.ram.end())
        return Error::message(
            EINVAL, fmt::format("{} does not lie in RAM ({:#x} to {:#x})", describe(pinned),
                                memory.ram.start, memory.ram.end()));
    for (const auto& other : busy)
        if (pinned.overlaps(other))
            return Error::message(EINVAL,
                                  fmt::format("{} overlaps {}", describe(pinned), describe(other)));
    return std::nullopt;
}

/// What is in nobody's way but RAM's own end: the top that is kept, then what is taken.
std::vector<Region> busy_at_first(const Memory& memory) {
    auto busy = memory.taken;
    if (memory.keep_top > 0)
        busy.push_back({memory.ram.end() - memory.keep_top, memory.keep_top, "the top of RAM"});
    return busy;
}

Error does_not_fit(const Region& load, const Memory& memory) {
    return Error::message(
        ENOSPC, fmt::format("{} needs {} MiB, and the {} MiB of RAM have no such room left",
                            load.what, load.size >> 20, memory.ram.size >> 20));
}

}  // namespace

const char* name_of(Part part) {
    switch (part) {
        case Part::kKernel:
            return "dom0's kernel";
        case Part::kRamdisk:
            return "dom0's ramdisk";
        case Part::kTree:
            return "device tree";
        case Part::kXen:
            return "Xen";
    }
    return "";
}

Layout lay_out(Memory memory, const std::vector<Load>& loads) {
    Layout layout{std::move(memory), {}, std::nullopt};
    const auto& ram = layout.memory.ram;
    const auto note = [&](std::optional<Error> problem) {
        if (problem && !layout.problem) layout.problem = std::move(problem);
    };
    if (layout.memory.keep_top >= ram.size) {
        note(Error::message(ENOSPC, "all of the RAM is to be kept free"));
        return layout;
    }
    auto busy = busy_at_first(layout.memory);
    const auto put = [&](Part part, Region region) {
        busy.push_back(region);
        layout.loads.emplace_back(part, std::move(region));
    };
    for (const auto& load : loads) {
        if (!load.pinned) continue;
        Region region{*load.pinned, align_up(load.size, kStep), name_of(load.part)};
        note(check_pinned(region, layout.memory, busy));
        put(load.part, std::move(region));
    }
    // One below the other, so that a small one does not slip into a gap above the one before.
    auto ceiling = ram.end();
    for (const auto& load : loads) {
        if (load.pinned) continue;
        Region region{0, align_up(load.size, kStep), name_of(load.part)};
        const auto start = place_below(ceiling, ram.start, region.size, busy);
        if (!start) {
            note(does_not_fit(region, layout.memory));
            continue;
        }
        region.start = ceiling = *start;
        put(load.part, std::move(region));
    }
    return layout;
}

std::uint64_t address_of(const Layout& layout, Part part) {
    return std::ranges::find(layout.loads, part, &std::pair<Part, Region>::first)->second.start;
}

}  // namespace zeroth::boot
