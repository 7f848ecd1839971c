// SPDX-License-Identifier: Apache-2.0
#include "xenstore/tree/tree.hpp"

#include <utility>

#include "xenstore/tree/path.hpp"

namespace zeroth::xenstored {

Tree::Tree(TreeContext& context, Ref<PermissionList> permissions)
    : context_{&context}, root_{Node::make("", "", std::move(permissions), ++context.sequence)} {}

const Node* Tree::find(std::string_view path) const {
    const Node* node = root_.get();
    Components components{path};
    for (std::string_view name; node && components.next(name);) {
        node = node->children ? node->children->find(name) : nullptr;
    }
    return node;
}

Node& Tree::own(Ref<Node>& node) {
    if (node.shared()) node = node->clone();
    return *node;
}

Children& Tree::own_children(Node& node) {
    if (!node.children) {
        node.children = Children::make();
    } else if (node.children.shared()) {
        node.children = node.children->clone();
    }
    return *node.children;
}

/// The place of a node that is there, with all on the way to it this tree's own.
Ref<Node>* Tree::slot(std::string_view path) {
    auto* at = &root_;
    Components components{path};
    for (std::string_view name; components.next(name);) {
        at = own_children(own(*at)).slot(name);
        if (!at) return nullptr;
    }
    return at;
}

Ref<Node>& Tree::add(Node& parent, std::string_view name, std::optional<DomainId> owner,
                     Accounts& accounts) {
    auto permissions = parent.permissions;
    if (owner) permissions = context_->permissions.get(permissions, *owner);
    const auto sequence = ++context_->sequence;
    auto node = Node::make(name, {}, std::move(permissions), sequence);
    accounts.add(*node);
    return own_children(parent).insert(std::move(node), sequence);
}

void Tree::write(std::string_view path, std::string_view value, std::optional<DomainId> owner,
                 Accounts& accounts) {
    auto* at = &root_;
    Components components{path};
    for (std::string_view name; components.next(name);) {
        auto& parent = own(*at);
        at = parent.children ? own_children(parent).slot(name) : nullptr;
        if (!at) at = &add(parent, name, owner, accounts);
    }
    accounts.remove(**at);
    if (!at->shared() && (*at)->has_room(value)) {
        (*at)->set_value(value);
    } else {
        *at = (*at)->with_value(value);
    }
    accounts.add(**at);
}

void Tree::set_permissions(std::string_view path, Ref<PermissionList> permissions,
                           Accounts& accounts) {
    auto* at = slot(path);
    if (!at) return;
    auto& node = own(*at);
    accounts.remove(node);
    node.permissions = std::move(permissions);
    accounts.add(node);
}

Ref<Node> Tree::remove(std::string_view path, Accounts& accounts) {
    if (path == "/" || !find(path)) return {};
    auto& parent = own(*slot(parent_of(path)));
    const auto name = path.substr(path.rfind('/') + 1);
    auto node = own_children(parent).erase(name, ++context_->sequence);
    if (parent.children->size() == 0) parent.children = {};
    accounts.remove_all(*node);
    return node;
}

}  // namespace zeroth::xenstored
