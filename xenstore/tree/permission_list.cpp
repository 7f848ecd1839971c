// SPDX-License-Identifier: Apache-2.0
#include "xenstore/tree/permission_list.hpp"

#include <algorithm>
#include <utility>

namespace zeroth::xenstored {
namespace {

std::size_t hash_of(std::span<const Permission> entries) {
    std::size_t hash = entries.size();
    for (const auto& entry : entries) {
        const std::size_t domain = entry.domain.raw();
        hash = hash * 1'000'003 + (domain << 2U) + std::to_underlying(entry.access);
    }
    return hash;
}

}  // namespace

Ref<PermissionList> PermissionPool::get(std::span<const Permission> entries) {
    const auto [begin, end] = lists_.equal_range(hash_of(entries));
    for (auto at = begin; at != end; ++at) {
        if (std::ranges::equal(at->second->entries, entries)) return at->second;
    }
    auto list = Ref<PermissionList>::adopt(new PermissionList);
    list->entries.assign(entries.begin(), entries.end());
    insert(list);
    return list;
}

Ref<PermissionList> PermissionPool::get(const Ref<PermissionList>& list, DomainId owner) {
    if (list->owner() == owner) return list;
    auto entries = list->entries;
    entries.front().domain = owner;
    return get(entries);
}

void PermissionPool::forget(DomainId domain) {
    ++forgotten_;
    const auto old = std::exchange(lists_, {});
    for (const auto& [hash, list] : old) {
        auto& entries = list->entries;
        if (entries.front().domain == domain) entries.front().domain = kDomain0;
        std::erase_if(entries, [&](const Permission& entry) {
            return &entry != &entries.front() && entry.domain == domain;
        });
        insert(list);
    }
}

void PermissionPool::insert(Ref<PermissionList> list) {
    if (lists_.size() >= collect_at_) collect();
    const auto hash = hash_of(list->entries);
    lists_.emplace(hash, std::move(list));
}

void PermissionPool::collect() {
    std::erase_if(lists_, [](const auto& entry) { return !entry.second.shared(); });
    collect_at_ = std::max<std::size_t>(64, lists_.size() * 2);
}

}  // namespace zeroth::xenstored
