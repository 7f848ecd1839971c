// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/sim/console.hpp"

namespace zeroth::hyper::sim {

void Console::print(std::string_view text) {
    text_ += text;
    if (text_.size() > kSize) clear_to(oldest_ + static_cast<std::uint32_t>(text_.size() - kSize));
}

std::string_view Console::read(std::uint32_t index, bool incremental, std::size_t limit,
                               std::uint32_t& next) const {
    // Indexes wrap: distances are what counts.
    const std::uint32_t distance = index - oldest_;
    const bool known = incremental && distance <= text_.size();
    const auto from = known ? distance : 0;
    const auto chunk = std::string_view{text_}.substr(from, limit);
    next = oldest_ + static_cast<std::uint32_t>(from + chunk.size());
    return chunk;
}

void Console::clear_to(std::uint32_t index) {
    text_.erase(0, index - oldest_);
    oldest_ = index;
}

}  // namespace zeroth::hyper::sim
