// SPDX-License-Identifier: Apache-2.0
#include "xenstore/server/transaction.hpp"

#include <algorithm>
#include <span>
#include <utility>

namespace zeroth::xenstored {
namespace {

/// What a change may need besides its texts.
constexpr std::size_t kChangeOverhead = 32;

bool has(std::uint8_t seen, Aspect aspect) { return (seen & std::to_underlying(aspect)) != 0; }

bool same_children(const Node& a, const Node& b) {
    if (a.children == b.children) return true;
    if (!a.children || !b.children) return false;
    if (a.children->generation() == b.children->generation()) return true;
    if (a.children->size() != b.children->size()) return false;
    return std::ranges::equal(a.children->in_order(), b.children->in_order(), {}, &Node::name,
                              &Node::name);
}

bool same(const Node* a, const Node* b, std::uint8_t seen) {
    if (a == b) return true;
    if (!a || !b) return false;
    if (has(seen, Aspect::kValue) && a->value() != b->value()) return false;
    if (has(seen, Aspect::kPermissions) && a->permissions->entries != b->permissions->entries) {
        return false;
    }
    return !has(seen, Aspect::kChildren) || same_children(*a, *b);
}

}  // namespace

Transaction::Touch& Transaction::touch(std::string_view path) {
    const auto found = touched_.find(path);
    if (found != touched_.end()) return found->second;
    return touched_.emplace(path, Touch{}).first->second;
}

void Transaction::saw(std::string_view path, Aspect aspect) {
    auto& touched = touch(path);
    // Its own value is no news.
    if (touched.written && aspect == Aspect::kValue) return;
    touched.seen |= std::to_underlying(aspect);
}

void Transaction::did(Operation operation) {
    using enum Operation::Kind;
    plain_ = plain_ && (operation.kind == kWrite || operation.kind == kSetPermissions);
    if (operation.kind == kWrite)
        touch(operation.path).written = true;
    else
        touch(operation.path);
    operations_.push_back(std::move(operation));
}

std::size_t Transaction::added_bytes() const {
    std::size_t bytes = 0;
    for (const auto& [kind, path, value, permissions, before] : operations_) {
        if (kind == Operation::Kind::kRemove) continue;
        bytes += path.size() + value.size() + std::span{permissions}.size_bytes() + kChangeOverhead;
    }
    return bytes;
}

bool Transaction::holds(const Tree& now) const {
    if (lost) return false;
    if (now.root() == base.root()) return true;
    return std::ranges::all_of(touched_, [&](const auto& touched) {
        const auto& [path, touch] = touched;
        return touch.seen == 0 || same(base.find(path), now.find(path), touch.seen);
    });
}

}  // namespace zeroth::xenstored
