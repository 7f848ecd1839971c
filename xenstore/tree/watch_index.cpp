// SPDX-License-Identifier: Apache-2.0
#include "xenstore/tree/watch_index.hpp"

#include <algorithm>

#include "xenstore/tree/path.hpp"

namespace zeroth::xenstored {

void WatchIndex::add(Watch* watch) {
    auto* at = &(special_path(watch->path()) ? specials_ : nodes_);
    Components components{watch->path()};
    for (std::string_view name; components.next(name);) {
        auto found = at->below.find(name);
        if (found == at->below.end()) {
            found = at->below.emplace(name, std::make_unique<Level>()).first;
        }
        at = found->second.get();
    }
    at->watches.push_back(watch);
}

void WatchIndex::remove(Watch* watch) {
    std::vector<std::pair<Level*, std::string_view>> way;
    auto* at = &(special_path(watch->path()) ? specials_ : nodes_);
    Components components{watch->path()};
    for (std::string_view name; components.next(name);) {
        way.emplace_back(at, name);
        at = at->below.find(name)->second.get();
    }
    // In the order they were made, hence sorted.
    const auto place = std::ranges::lower_bound(at->watches, watch->sequence, {}, &Watch::sequence);
    at->watches.erase(place);
    if (at->watches.empty()) at->watches.shrink_to_fit();
    while (!way.empty() && at->watches.empty() && at->below.empty()) {
        const auto& [above, name] = way.back();
        above->below.erase(above->below.find(name));
        at = above;
        way.pop_back();
    }
}

const WatchIndex::Level& WatchIndex::top(std::string_view path) const {
    return special_path(path) ? specials_ : nodes_;
}

const WatchIndex::Level* WatchIndex::level(std::string_view path) const {
    const auto* at = &top(path);
    Components components{path};
    for (std::string_view name; components.next(name);) {
        const auto found = at->below.find(name);
        if (found == at->below.end()) return nullptr;
        at = found->second.get();
    }
    return at;
}

Watch* WatchIndex::find(ConnectionId connection, std::string_view path,
                        std::string_view token) const {
    const auto* at = level(path);
    if (!at) return nullptr;
    const auto found = std::ranges::find_if(at->watches, [&](const Watch* watch) {
        return watch->connection == connection && watch->token() == token;
    });
    return found == at->watches.end() ? nullptr : *found;
}

void WatchIndex::collect(std::string_view path, std::vector<Watch*>& out) const {
    auto distance = path == "/" ? 0U : static_cast<std::uint32_t>(std::ranges::count(path, '/'));
    if (special_path(path)) ++distance;
    const auto take = [&](const Level& level) {
        for (auto* watch : level.watches) {
            if (!watch->depth || *watch->depth >= distance) out.push_back(watch);
        }
    };
    const auto* at = &top(path);
    take(*at);
    Components components{path};
    for (std::string_view name; components.next(name);) {
        const auto found = at->below.find(name);
        if (found == at->below.end()) return;
        at = found->second.get();
        --distance;
        take(*at);
    }
}

void WatchIndex::collect_below(std::string_view path, const Node& removed,
                               std::vector<Below>& out) const {
    if (const auto* at = level(path)) collect_in(*at, removed, out);
}

void WatchIndex::collect_in(const Level& level, const Node& node, std::vector<Below>& out) {
    if (!node.children) return;
    for (const auto& [name, below] : level.below) {
        const auto* child = node.children->find(name);
        if (!child) continue;
        for (auto* watch : below->watches) out.push_back({watch, child, &node});
        collect_in(*below, *child, out);
    }
}

}  // namespace zeroth::xenstored
