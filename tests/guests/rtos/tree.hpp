// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace zeroth::rtos {

/// The device tree that this guest was given (Devicetree Specification, chapter 5).
class Tree {
public:
    struct Region {
        std::uint64_t start = 0, size = 0;
    };
    struct Device {
        std::array<Region, 4> regions{};
        std::size_t count = 0;
        std::optional<std::uint32_t> interrupt;  // the first, as the interrupt controller counts
    };

    static std::optional<Tree> at(std::uintptr_t address);

    /// The first node that is compatible with this, and where it has its registers.
    std::optional<Device> find(std::string_view compatible) const;
    /// The value of `word=` in the command line, or nothing.
    std::optional<std::string_view> argument(std::string_view word) const;

private:
    explicit Tree(std::uintptr_t blob) : blob_{blob} {}
    std::string_view bootargs() const;

    std::uintptr_t blob_;
};

}  // namespace zeroth::rtos
