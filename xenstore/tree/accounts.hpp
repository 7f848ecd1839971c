// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <unordered_map>

#include "core/ids.hpp"
#include "xenstore/tree/node.hpp"

namespace zeroth::xenstored {

/// What a domain owns; in a transaction, by how much that changes.
struct Usage {
    std::int64_t nodes = 0;
    /// Bytes of nodes and of watches.
    std::int64_t memory = 0;

    friend bool operator==(const Usage&, const Usage&) = default;
};

class Accounts {
public:
    void add(const Node& node) { count(node, 1); }
    void remove(const Node& node) { count(node, -1); }
    /// With all below it.
    void remove_all(const Node& top);
    void add_memory(DomainId owner, std::int64_t bytes);
    Usage usage(DomainId owner) const;
    /// What a transaction has come to, now that it is so.
    void take_over(const Accounts& transaction);
    /// What `owner` had is `heir`'s.
    void inherit(DomainId owner, DomainId heir);
    /// Of all owners.
    const Usage& total() const { return total_; }
    const std::unordered_map<DomainId, Usage>& all() const { return usages_; }

private:
    void count(const Node& node, std::int64_t sign);
    Usage& of(DomainId owner);

    std::unordered_map<DomainId, Usage> usages_;
    Usage total_;
    DomainId last_owner_;
    Usage* last_ = nullptr;
};

}  // namespace zeroth::xenstored
