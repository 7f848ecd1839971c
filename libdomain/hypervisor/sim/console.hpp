// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace zeroth::hyper::sim {

/// Xen's console ring: indexes only ever grow, and the oldest text is lost.
class Console {
public:
    void print(std::string_view text);
    /// Up to `limit` bytes from `index`, or from the oldest when that is not in the ring.
    std::string_view read(std::uint32_t index, bool incremental, std::size_t limit,
                          std::uint32_t& next) const;
    void clear_to(std::uint32_t index);

private:
    static constexpr std::size_t kSize = 16384;

    std::string text_;
    std::uint32_t oldest_ = 0;
};

}  // namespace zeroth::hyper::sim
