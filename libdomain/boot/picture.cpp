// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "libdomain/boot/layout.hpp"
#include "libdomain/plan/print.hpp"

namespace zeroth::boot {
namespace {

/// Everything that has a place, from the top down.
std::vector<Region> from_the_top(const Layout& layout) {
    auto regions = layout.memory.taken;
    const auto& ram = layout.memory.ram;
    if (layout.memory.keep_top > 0 && layout.memory.keep_top < ram.size)
        regions.push_back({ram.end() - layout.memory.keep_top, layout.memory.keep_top,
                           "kept free: U-Boot runs here, then Xen"});
    for (const auto& [part, region] : layout.loads) regions.push_back(region);
    std::ranges::sort(regions, std::greater<>{}, &Region::start);
    return regions;
}

/// The stretches of RAM between regions, highest first.
std::vector<Region> gaps(const Layout& layout) {
    std::vector<Region> found;
    auto top = layout.memory.ram.end();
    for (const auto& region : from_the_top(layout)) {
        if (region.end() < top) found.push_back({region.end(), top - region.end(), ""});
        top = std::min(top, region.start);
    }
    if (top > layout.memory.ram.start)
        found.push_back({layout.memory.ram.start, top - layout.memory.ram.start, ""});
    return found;
}

}  // namespace

std::uint64_t largest_gap(const Layout& layout) {
    std::uint64_t largest = 0;
    for (const auto& gap : gaps(layout)) largest = std::max(largest, gap.size);
    return largest;
}

std::string picture(const Layout& layout) {
    auto lines = from_the_top(layout);
    for (auto& gap : gaps(layout)) {
        gap.what = "free";
        lines.push_back(std::move(gap));
    }
    std::ranges::sort(lines, std::greater<>{}, &Region::start);
    std::string text = fmt::format("{:#012x}  top of RAM, {}\n", layout.memory.ram.end(),
                                   plan::print_size(layout.memory.ram.size));
    // Where two overlap, the mark shows it: an end that lies above the start of the line before.
    auto above = layout.memory.ram.end();
    for (const auto& line : lines) {
        text += fmt::format("{:#012x}  {:>10}  {}{}\n", line.start, plan::print_size(line.size),
                            line.what, line.end() > above ? "   <-- overlaps" : "");
        above = line.start;
    }
    return text;
}

}  // namespace zeroth::boot
