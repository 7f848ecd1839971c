// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "core/ids.hpp"
#include "xenstore/tree/permissions.hpp"
#include "xenstore/tree/ref.hpp"

namespace zeroth::xenstored {

/// The permissions of all nodes that have the same ones; never empty.
struct PermissionList {
    std::uint32_t references = 1;
    std::vector<Permission> entries;

    DomainId owner() const { return entries.front().domain; }
    static void destroy(PermissionList* list) { delete list; }
};

/// Every list there is, so that equal ones are one, and those that name a domain are found when it
/// dies.
class PermissionPool {
public:
    Ref<PermissionList> get(std::span<const Permission> entries);
    /// `list` with another owner.
    Ref<PermissionList> get(const Ref<PermissionList>& list, DomainId owner);
    /// Takes the domain out of every list, so that a later domain of the same number does not
    /// inherit; what it owned is domain 0's.
    void forget(DomainId domain);
    /// How many it were that this was done for.
    std::uint64_t forgotten() const { return forgotten_; }
    std::size_t size() const { return lists_.size(); }

private:
    void insert(Ref<PermissionList> list);
    void collect();

    std::unordered_multimap<std::size_t, Ref<PermissionList>> lists_;
    std::size_t collect_at_ = 64;
    std::uint64_t forgotten_ = 0;
};

}  // namespace zeroth::xenstored
