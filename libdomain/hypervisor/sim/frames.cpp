// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/sim/frames.hpp"

#include <algorithm>
#include <iterator>

#include "core/units.hpp"

namespace zeroth::hyper::sim {

void append(std::vector<FrameRange>& ranges, FrameRange range) {
    if (!ranges.empty() && ranges.back().first + ranges.back().count == range.first) {
        ranges.back().count += range.count;
    } else {
        ranges.push_back(range);
    }
}

void remove(std::vector<FrameRange>& ranges, FrameRange range) {
    std::vector<FrameRange> left;
    left.reserve(ranges.size() + 1);
    const auto end = range.first + range.count;
    for (const auto& each : ranges) {
        const auto each_end = each.first + each.count;
        const auto from = std::clamp(range.first, each.first, each_end);
        const auto to = std::clamp(end, each.first, each_end);
        if (from > each.first) left.push_back({each.first, from - each.first});
        if (to < each_end && to > from) left.push_back({to, each_end - to});
        if (to == from && from == each.first) left.push_back(each);
    }
    ranges = std::move(left);
}

FreeFrames::FreeFrames(FrameRange all) { give(all); }

std::optional<FrameRange> FreeFrames::take(unsigned order) {
    const std::uint64_t count = std::uint64_t{1} << order;
    for (const auto& [first, length] : free_) {
        const auto aligned = align_up(first, count);
        if (aligned - first + count > length) continue;
        remove({aligned, count});
        return FrameRange{aligned, count};
    }
    return std::nullopt;
}

std::optional<std::vector<FrameRange>> FreeFrames::take_any(std::uint64_t count) {
    if (count > count_) return std::nullopt;
    std::vector<FrameRange> taken;
    while (count > 0) {
        const auto& [first, length] = *free_.begin();
        const FrameRange range{first, std::min(length, count)};
        count -= range.count;
        taken.push_back(range);
        remove(range);
    }
    return taken;
}

void FreeFrames::give(FrameRange range) {
    count_ += range.count;
    const auto after = free_.lower_bound(range.first);
    if (after != free_.end() && range.first + range.count == after->first) {
        range.count += after->second;
        free_.erase(after);
    }
    const auto next = free_.lower_bound(range.first);
    if (next != free_.begin()) {
        const auto before = std::prev(next);
        if (before->first + before->second == range.first) {
            before->second += range.count;
            return;
        }
    }
    free_.emplace(range.first, range.count);
}

void FreeFrames::give(std::span<const FrameRange> ranges) {
    for (const auto& range : ranges) give(range);
}

void FreeFrames::remove(FrameRange range) {
    const auto holder = std::prev(free_.upper_bound(range.first));
    const FrameRange whole{holder->first, holder->second};
    free_.erase(holder);
    count_ -= range.count;
    if (range.first > whole.first) free_.emplace(whole.first, range.first - whole.first);
    const auto end = range.first + range.count;
    if (end < whole.first + whole.count) free_.emplace(end, whole.first + whole.count - end);
}

void FrameMap::split(std::uint64_t guest_frame) {
    auto next = map_.upper_bound(guest_frame);
    if (next == map_.begin()) return;
    auto& [first, range] = *std::prev(next);
    const auto offset = guest_frame - first;
    if (offset == 0 || offset >= range.count) return;
    const FrameRange rest{range.first + offset, range.count - offset};
    range.count = offset;
    map_.emplace(guest_frame, rest);
}

void FrameMap::erase(std::uint64_t guest_first, std::uint64_t count) {
    split(guest_first);
    split(guest_first + count);
    map_.erase(map_.lower_bound(guest_first), map_.lower_bound(guest_first + count));
}

void FrameMap::insert(std::uint64_t guest_first, FrameRange range) {
    erase(guest_first, range.count);
    highest_ = std::max(highest_, guest_first + range.count - 1);
    const auto next = map_.lower_bound(guest_first);
    if (next != map_.begin()) {
        auto& [first, before] = *std::prev(next);
        if (first + before.count == guest_first && before.first + before.count == range.first) {
            before.count += range.count;
            return;
        }
    }
    map_.emplace(guest_first, range);
}

std::optional<std::uint64_t> FrameMap::find(std::uint64_t guest_frame) const {
    const auto next = map_.upper_bound(guest_frame);
    if (next == map_.begin()) return std::nullopt;
    const auto& [first, range] = *std::prev(next);
    if (guest_frame - first >= range.count) return std::nullopt;
    return range.first + (guest_frame - first);
}

std::uint64_t FrameMap::count_in(std::uint64_t first, std::uint64_t count) const {
    std::uint64_t total = 0;
    for (const auto& [guest, range] : map_) {
        const auto from = std::max(guest, first);
        const auto to = std::min(guest + range.count, first + count);
        if (from < to) total += to - from;
    }
    return total;
}

}  // namespace zeroth::hyper::sim
