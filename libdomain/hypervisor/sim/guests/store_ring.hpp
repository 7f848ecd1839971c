// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace zeroth::hyper::sim {

/// A guest's side of its XenStore page (xen/include/public/io/xs_wire.h).
class StoreRing {
public:
    explicit StoreRing(std::span<std::byte> page) : page_{page} {}

    /// Puts as much as there is room for, and returns how much that was.
    std::size_t write(std::string_view requests);
    std::string read();

private:
    std::span<std::byte> page_;
};

}  // namespace zeroth::hyper::sim
