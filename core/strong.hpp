// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstddef>
#include <functional>

namespace zeroth {

/// An id or quantity of one kind: explicit in, explicit out, comparable with its own kind only.
/// `raw()` belongs in layouts, codecs and printing.
template <class Tag, class Representation>
class Strong {
public:
    using Raw = Representation;

    constexpr Strong() = default;
    constexpr explicit Strong(Raw value) : value_{value} {}
    constexpr Raw raw() const { return value_; }
    friend constexpr auto operator<=>(Strong, Strong) = default;

private:
    Raw value_{};
};

}  // namespace zeroth

template <class Tag, class Representation>
struct std::hash<zeroth::Strong<Tag, Representation>> {
    std::size_t operator()(zeroth::Strong<Tag, Representation> id) const {
        return std::hash<Representation>{}(id.raw());
    }
};
