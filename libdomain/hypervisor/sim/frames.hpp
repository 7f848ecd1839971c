// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace zeroth::hyper::sim {

/// Machine frames [first, first + count).
struct FrameRange {
    std::uint64_t first = 0, count = 0;
};

/// Appends, joining with the last range where they meet.
void append(std::vector<FrameRange>& ranges, FrameRange range);

/// Takes the range, all of which is in them, out of `ranges`.
void remove(std::vector<FrameRange>& ranges, FrameRange range);

/// The host's free frames.
class FreeFrames {
public:
    explicit FreeFrames(FrameRange all);

    /// 2^order frames aligned to their size, lowest first; nullopt when there are none.
    std::optional<FrameRange> take(unsigned order);
    /// Any `count` frames, or nullopt and none.
    std::optional<std::vector<FrameRange>> take_any(std::uint64_t count);
    void give(FrameRange range);
    void give(std::span<const FrameRange> ranges);
    std::uint64_t count() const { return count_; }

private:
    void remove(FrameRange range);

    /// First frame → count; never adjacent.
    std::map<std::uint64_t, std::uint64_t> free_;
    std::uint64_t count_ = 0;
};

/// Which machine frame is behind a guest's frame.
class FrameMap {
public:
    void insert(std::uint64_t guest_first, FrameRange range);
    std::optional<std::uint64_t> find(std::uint64_t guest_frame) const;
    void erase(std::uint64_t guest_first, std::uint64_t count);
    /// Guest frames in [first, first + count) that are mapped.
    std::uint64_t count_in(std::uint64_t first, std::uint64_t count) const;
    void clear() { map_.clear(); }
    /// Of all guest frames that were mapped, now or before.
    std::uint64_t highest_ever() const { return highest_; }
    /// By first guest frame; none overlap.
    const std::map<std::uint64_t, FrameRange>& ranges() const { return map_; }

private:
    /// Cuts the entry that crosses `guest_frame`, so that one begins there.
    void split(std::uint64_t guest_frame);

    std::map<std::uint64_t, FrameRange> map_;
    std::uint64_t highest_ = 0;
};

}  // namespace zeroth::hyper::sim
