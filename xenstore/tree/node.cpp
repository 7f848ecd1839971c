// SPDX-License-Identifier: Apache-2.0
#include "xenstore/tree/node.hpp"

#include <algorithm>
#include <cassert>
#include <limits>
#include <new>
#include <utility>

namespace zeroth::xenstored {
namespace {

/// The sizes that malloc has, so that a value which grows a little stays where it is.
std::size_t allocation(std::size_t text) {
    const auto size = sizeof(Node) + text;
    return (size + 7) / 16 * 16 + 8;
}

}  // namespace

Ref<Node> Node::make(std::string_view name, std::string_view value, Ref<PermissionList> permissions,
                     std::uint64_t sequence) {
    assert(std::max(name.size(), value.size()) <= std::numeric_limits<std::uint16_t>::max());
    auto* node = new (::operator new(allocation(name.size() + value.size()))) Node;
    node->name_size = static_cast<std::uint16_t>(name.size());
    node->permissions = std::move(permissions);
    node->sequence = sequence;
    std::ranges::copy(name, node->text());
    node->set_value(value);
    return Ref<Node>::adopt(node);
}

Ref<Node> Node::with_value(std::string_view value) const {
    auto copy = make(name(), value, permissions, sequence);
    copy->children = children;
    return copy;
}

bool Node::has_room(std::string_view value) const {
    return allocation(name_size + value.size()) == allocation(name_size + value_size);
}

void Node::set_value(std::string_view value) {
    value_size = static_cast<std::uint16_t>(value.size());
    std::ranges::copy(value, text() + name_size);
}

void Node::destroy(Node* node) {
    node->~Node();
    ::operator delete(node);
}

std::uint64_t Node::memory() const { return allocation(name_size + value_size) + 8; }

}  // namespace zeroth::xenstored
