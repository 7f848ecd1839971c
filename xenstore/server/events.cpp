// SPDX-License-Identifier: Apache-2.0
#include "xenstore/server/events.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "xenstore/tree/path.hpp"

namespace zeroth::xenstored {
namespace {

bool may_read(Access access) {
    return (std::to_underlying(access) & std::to_underlying(Access::kRead)) != 0;
}

}  // namespace

Access Events::access(const Connection& connection, const PermissionList& list) const {
    if (connection.privileged()) return Access::kBoth;
    const auto* domain = state_.domain(connection.domain);
    // A domain without a target is its own.
    const auto target = domain ? domain->target.value_or(connection.domain) : connection.domain;
    const auto names = [&](DomainId id) { return id == connection.domain || id == target; };
    if (names(list.owner()) || target == kDomain0) return Access::kBoth;
    for (const auto& entry : std::span{list.entries}.subspan(1)) {
        if (names(entry.domain) || entry.domain == kDomainAny) return entry.access;
    }
    return list.entries.front().access;
}

void Events::mark_ready(Connection& connection) {
    if (connection.ring) rings_.push_back(connection.id);
    if (std::exchange(connection.ready, true)) return;
    ready_.push_back(connection.id);
}

std::vector<ConnectionId> Events::take_ready() {
    auto ids = std::exchange(ready_, {});
    std::erase_if(ids, [this](ConnectionId id) {
        auto* connection = state_.connection(id);
        return !connection || !std::exchange(connection->ready, false);
    });
    return ids;
}

void Events::send(Watch& watch, std::string_view path) {
    auto& connection = *state_.connection(watch.connection);
    if (!connection.privileged()) {
        // A domain that does not read its events loses those that it has no memory for.
        const auto limit = state_.quotas_of(connection.domain).memory_hard;
        if (limit != 0 && connection.output.unsent().size() > limit) return;
    }
    const auto equal = special_path(path) ? Output::Equal::kKeep : Output::Equal::kDrop;
    connection.output.append_event(path.substr(watch.prefix), watch.token(), equal);
    mark_ready(connection);
}

bool Events::may_know(const Connection& connection, const Told& told,
                      const NodeEvent& event) const {
    if (connection.privileged()) return true;
    const auto readable = [&](const Node* node) {
        return node && may_read(access(connection, *node->permissions));
    };
    if (told.node) return readable(told.node) || readable(told.parent);
    if (event.before && may_read(access(connection, *event.before))) return true;
    return readable(event.removed.get()) || readable(state_.tree.find(event.path)) ||
           readable(state_.tree.find(parent_of(event.path)));
}

void Events::fire(const NodeEvent& event) {
    watches_.clear();
    state_.watches.collect(event.path, watches_);
    told_.clear();
    for (auto* watch : watches_) told_.push_back({watch, event.path, nullptr, nullptr});
    if (event.removed) {
        below_.clear();
        state_.watches.collect_below(event.path, *event.removed, below_);
        for (const auto& [watch, node, parent] : below_) {
            if (!state_.tree.find(watch->path())) {
                told_.push_back({watch, watch->path(), node, parent});
            }
        }
    }
    const auto made = [](const Told& told) { return told.watch->sequence; };
    if (!std::ranges::is_sorted(told_, {}, made)) std::ranges::sort(told_, {}, made);
    for (const auto& told : told_) {
        if (may_know(*state_.connection(told.watch->connection), told, event)) {
            send(*told.watch, told.path);
        }
    }
}

void Events::fire_special(std::string_view name, std::span<const DomainId> domains) {
    const auto& permissions = **state_.permissions(state_.tree, name);
    const auto permitted = [&](const Watch* watch) {
        return may_read(access(*state_.connection(watch->connection), permissions));
    };
    std::vector<std::string> paths;
    for (const auto domain : domains) paths.push_back(fmt::format("{}/{}", name, domain.raw()));
    std::vector<Watch*> watches;
    state_.watches.collect(name, watches);
    for (const auto& path : paths) state_.watches.collect(path, watches);
    std::ranges::sort(watches, {}, &Watch::sequence);
    const auto same = std::ranges::unique(watches);
    watches.erase(same.begin(), same.end());
    for (auto* watch : watches) {
        if (!permitted(watch)) continue;
        if (watch->path() != name || watch->depth.value_or(0) == 0) {
            send(*watch, watch->path());
        } else {
            for (const auto& path : paths) send(*watch, path);
        }
    }
}

void Events::fire_first(Watch& watch) { send(watch, watch.path()); }

}  // namespace zeroth::xenstored
