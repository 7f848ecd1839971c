// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "xenstore/tree/children.hpp"
#include "xenstore/tree/permission_list.hpp"
#include "xenstore/tree/ref.hpp"

namespace zeroth::xenstored {

/// A node of the tree, in one allocation with its name and value. It is shared by every tree that
/// has it, and changed only where no other tree does.
struct Node {
    static Ref<Node> make(std::string_view name, std::string_view value,
                          Ref<PermissionList> permissions, std::uint64_t sequence);
    Ref<Node> clone() const { return with_value(value()); }
    Ref<Node> with_value(std::string_view value) const;
    /// Whether such a value fits where the present one lies.
    bool has_room(std::string_view value) const;
    /// There must be room.
    void set_value(std::string_view value);
    static void destroy(Node* node);

    std::string_view name() const { return {text(), name_size}; }
    std::string_view value() const { return {text() + name_size, value_size}; }
    /// What it is counted as in its owner's memory.
    std::uint64_t memory() const;

    std::uint32_t references = 1;
    std::uint16_t name_size = 0;
    std::uint16_t value_size = 0;
    Ref<PermissionList> permissions;
    /// None where there would be no child in it.
    Ref<Children> children;
    /// Grows from one node made to the next.
    std::uint64_t sequence = 0;

private:
    Node() = default;
    const char* text() const { return reinterpret_cast<const char*>(this + 1); }
    char* text() { return reinterpret_cast<char*>(this + 1); }
};

}  // namespace zeroth::xenstored
