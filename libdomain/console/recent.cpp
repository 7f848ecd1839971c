// SPDX-License-Identifier: Apache-2.0
#include "libdomain/console/recent.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace zeroth::console {

void Recent::append(std::string_view bytes) {
    bytes_ += bytes;
    // Moved rarely and by much, not often and by little.
    if (bytes_.size() <= 2 * capacity_) return;
    const std::size_t surplus = bytes_.size() - capacity_;
    bytes_.erase(0, surplus);
    begin_ += surplus;
}

std::size_t Recent::read(std::uint64_t position, std::span<char> copy) const {
    assert(position >= begin_ && position <= end());
    const auto offset = static_cast<std::size_t>(position - begin_);
    const std::size_t count = std::min(copy.size(), bytes_.size() - offset);
    std::memcpy(copy.data(), bytes_.data() + offset, count);
    return count;
}

}  // namespace zeroth::console
