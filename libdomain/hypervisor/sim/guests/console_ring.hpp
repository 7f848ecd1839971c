// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace zeroth::hyper::sim {

/// A guest's side of its console page (xen/include/public/io/console.h).
class ConsoleRing {
public:
    explicit ConsoleRing(std::span<std::byte> page) : page_{page} {}

    /// Puts as much as there is room for, and returns how much that was.
    std::size_t write(std::string_view text);
    /// What was typed since.
    std::string read();

private:
    std::span<std::byte> page_;
};

}  // namespace zeroth::hyper::sim
