// SPDX-License-Identifier: Apache-2.0
#include "xenstore/tree/accounts.hpp"

namespace zeroth::xenstored {

void Accounts::remove_all(const Node& top) {
    remove(top);
    if (top.children) top.children->for_each([this](const Node& child) { remove_all(child); });
}

void Accounts::add_memory(DomainId owner, std::int64_t bytes) {
    of(owner).memory += bytes;
    total_.memory += bytes;
}

Usage Accounts::usage(DomainId owner) const {
    const auto found = usages_.find(owner);
    return found == usages_.end() ? Usage{} : found->second;
}

void Accounts::take_over(const Accounts& transaction) {
    const auto add = [](Usage& usage, const Usage& more) {
        usage.nodes += more.nodes;
        usage.memory += more.memory;
    };
    for (const auto& [owner, more] : transaction.usages_) add(of(owner), more);
    add(total_, transaction.total_);
}

void Accounts::inherit(DomainId owner, DomainId heir) {
    const auto left = usage(owner);
    usages_.erase(owner);
    last_ = nullptr;
    of(heir).nodes += left.nodes;
    of(heir).memory += left.memory;
}

void Accounts::count(const Node& node, std::int64_t sign) {
    const auto memory = sign * static_cast<std::int64_t>(node.memory());
    auto& usage = of(node.permissions->owner());
    usage.nodes += sign;
    usage.memory += memory;
    total_.nodes += sign;
    total_.memory += memory;
}

Usage& Accounts::of(DomainId owner) {
    if (!last_ || last_owner_ != owner) {
        last_ = &usages_[owner];
        last_owner_ = owner;
    }
    return *last_;
}

}  // namespace zeroth::xenstored
