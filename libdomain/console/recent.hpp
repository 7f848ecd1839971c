// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace zeroth::console {

/// The last bytes of a stream, at most `capacity` of them, by their position in it. Takes memory
/// as the stream grows, and no more than twice its capacity.
class Recent {
public:
    static constexpr std::size_t kReplay = 64U << 10;

    explicit Recent(std::uint64_t begin, std::size_t capacity = kReplay)
        : begin_{begin}, capacity_{capacity} {}

    void append(std::string_view bytes);
    std::uint64_t begin() const { return begin_; }
    std::uint64_t end() const { return begin_ + bytes_.size(); }
    /// Copies from `position`, which is one of [begin, end], and tells how much that was.
    std::size_t read(std::uint64_t position, std::span<char> copy) const;

private:
    std::uint64_t begin_;
    std::size_t capacity_;
    std::string bytes_;
};

}  // namespace zeroth::console
