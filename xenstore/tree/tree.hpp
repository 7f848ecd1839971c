// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/ids.hpp"
#include "xenstore/tree/accounts.hpp"
#include "xenstore/tree/node.hpp"
#include "xenstore/tree/permission_list.hpp"

namespace zeroth::xenstored {

/// What all versions of a tree have in common.
struct TreeContext {
    PermissionPool permissions;
    std::uint64_t sequence = 0;
};

/// All nodes. A copy is a snapshot and costs nothing; a change copies what it has to of the way to
/// the node, and changes in place what no snapshot holds. Paths are valid and absolute.
class Tree {
public:
    /// With "/" alone.
    Tree(TreeContext& context, Ref<PermissionList> permissions);

    const Node* find(std::string_view path) const;
    const Ref<Node>& root() const { return root_; }
    /// Grows when a domain is forgotten, whose nodes are another's from then on in all versions.
    std::uint64_t owners_age() const { return context_->permissions.forgotten(); }

    // Changes. Each tells `accounts` what became of whose nodes.
    void write(std::string_view path, std::string_view value, std::optional<DomainId> owner,
               Accounts& accounts);
    /// The node must be there.
    void set_permissions(std::string_view path, Ref<PermissionList> permissions,
                         Accounts& accounts);
    /// What was there, with all below it, or nothing; "/" stays.
    Ref<Node> remove(std::string_view path, Accounts& accounts);

private:
    Ref<Node>* slot(std::string_view path);
    static Node& own(Ref<Node>& node);
    static Children& own_children(Node& node);
    Ref<Node>& add(Node& parent, std::string_view name, std::optional<DomainId> owner,
                   Accounts& accounts);

    TreeContext* context_;
    Ref<Node> root_;
};

}  // namespace zeroth::xenstored
