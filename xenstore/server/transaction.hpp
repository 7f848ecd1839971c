// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "xenstore/tree/tree.hpp"
#include "xenstore/tree/words.hpp"

namespace zeroth::xenstored {

/// What of a node a transaction has looked at; bits.
enum class Aspect : std::uint8_t {
    kNothing = 0,
    kExistence = 1,
    kValue = 2,
    kChildren = 4,
    kPermissions = 8
};

/// Works on a snapshot of its own. It may end well if all that it saw is so still; then its
/// operations are done again, on the tree as it is.
class Transaction {
public:
    struct Operation {
        enum class Kind : std::uint8_t { kWrite, kMakeDirectory, kRemove, kSetPermissions };
        Kind kind;
        std::string path;
        std::string value;
        std::vector<Permission> permissions;
        /// What they were until then.
        Ref<PermissionList> before;
    };

    Transaction(std::uint32_t number, const Tree& now)
        : id{number}, base{now}, tree{now}, owners_age_{now.owners_age()} {}

    void saw(std::string_view path, Aspect aspect);
    void did(Operation operation);
    /// Whether all that it saw is the same in `now`.
    bool holds(const Tree& now) const;
    /// Nodes it has looked at or changed.
    std::size_t nodes() const { return touched_.size(); }
    bool touches(std::string_view path) const { return touched_.contains(path); }
    /// Bytes of the changes it comes to, but for removals.
    std::size_t added_bytes() const;
    std::vector<Operation> take_operations() { return std::move(operations_); }
    bool changes() const { return !operations_.empty(); }
    /// Whether the tree with all that it did is at hand: nobody has changed anything meanwhile, and
    /// it has done nothing that may come to nothing.
    bool is_next(const Tree& now) const {
        return plain_ && now.root() == base.root() && now.owners_age() == owners_age_;
    }

    std::uint32_t id;
    Tree base, tree;
    Accounts accounts;
    /// It was begun by a process that is no more, and nobody knows what it has seen.
    bool lost = false;

private:
    struct Touch {
        std::uint8_t seen = 0;
        bool written = false;
    };
    Touch& touch(std::string_view path);

    std::unordered_map<std::string, Touch, TextHash, SameText> touched_;
    std::vector<Operation> operations_;
    std::uint64_t owners_age_;
    /// All of them write or set permissions.
    bool plain_ = true;
};

}  // namespace zeroth::xenstored
