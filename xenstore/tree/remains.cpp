// SPDX-License-Identifier: Apache-2.0
#include "xenstore/tree/remains.hpp"

#include <algorithm>
#include <utility>

namespace zeroth::xenstored {
namespace {

/// Freed at once: some ten microseconds.
constexpr std::size_t kSlice = 512;
/// This part of what is left, if it is more.
constexpr std::size_t kPart = 32;
/// Graves looked into at once, of which a snapshot may hold all.
constexpr std::size_t kGraves = 64;

}  // namespace

Remains::~Remains() {
    while (!dying_.empty()) free_next();
}

void Remains::bury(Ref<Node> top, std::size_t nodes) {
    if (!top || !top->children) return;
    buried_.push_back({std::move(top), nodes});
    buried_nodes_ += nodes;
}

/// Takes out what nobody else has any more.
void Remains::open_graves() {
    for (auto count = std::min(buried_.size(), kGraves); count != 0; --count) {
        auto grave = std::move(buried_.front());
        buried_.pop_front();
        if (grave.top.shared()) {
            buried_.push_back(std::move(grave));
        } else {
            buried_nodes_ -= grave.nodes;
            dying_nodes_ += grave.nodes;
            dying_.push_back(std::move(grave.top));
        }
    }
}

bool Remains::decay() {
    if (buried_.empty() && dying_.empty()) return false;
    open_graves();
    const auto budget = std::max(kSlice, dying_nodes_ / kPart);
    std::size_t freed = 0;
    while (freed < budget && !dying_.empty()) freed += free_next();
    dying_nodes_ -= std::min(freed, dying_nodes_);
    if (!dying_.empty()) return true;
    dying_nodes_ = 0;
    dying_ = {};
    return false;
}

/// Some children of the last, or itself once it has none of its own.
std::size_t Remains::free_next() {
    const Node& node = *dying_.back();
    const bool alone = node.references == 1 && node.children && !node.children.shared();
    const auto freed = alone ? node.children->shed(dying_) : 0;
    if (freed == 0) dying_.pop_back();
    return std::max<std::size_t>(freed, 1);
}

}  // namespace zeroth::xenstored
