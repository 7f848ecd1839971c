// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <unordered_map>
#include <utility>

#include "xenstore/server/store_impl.hpp"

namespace zeroth::xenstored {
namespace {

/// What became of one node by all of a transaction's operations.
struct NetEffect {
    std::string_view path;
    bool existed = false;
    bool changed = false;
    Ref<PermissionList> before;
    Ref<Node> removed;
};

}  // namespace

Errno Store::Impl::start_transaction(Request& request) {
    auto& from = request.from;
    if (request.transaction) return EBUSY;
    // A ring's requests are dealt with as they are taken out of it.
    if (!from.ring && !retries_.begin(from.id, Retries::Clock::now())) {
        from.held_start = request.frame.request_id;
        return 0;
    }
    const auto limit = state_.quotas_of(from.domain).transactions;
    if (!from.privileged() && limit != 0 && from.transactions.size() >= limit) return ENOSPC;
    auto id = from.last_transaction;
    do ++id;
    while (id == 0 || from.transactions.contains(id));
    if (from.ring) {
        change(OpenTransaction{from.domain, id});
    } else {
        from.last_transaction = id;
        from.transactions.emplace(id, std::make_unique<Transaction>(id, state_.tree));
    }
    text_ = std::to_string(id);
    text_ += '\0';
    reply(request, text_);
    return 0;
}

Errno Store::Impl::end_transaction(Request& request) {
    const auto word = request.frame.payload;
    const bool keep = word == std::string_view{"T\0", 2};
    if (!keep && word != std::string_view{"F\0", 2}) return EINVAL;
    if (!request.transaction) return ENOENT;
    using enum Retries::Outcome;
    auto& transaction = *request.transaction;
    if (keep) {
        if (const auto error = commit_transaction(request.from, transaction)) {
            close_transaction(request.from, transaction.id);
            const bool in_vain = error == EAGAIN && !request.from.ring;
            retries_.ended(request.from.id, in_vain ? kInVain : kDone);
            return error;
        }
    } else {
        close_transaction(request.from, transaction.id);
    }
    retries_.ended(request.from.id, kDone);
    acknowledge(request);
    return 0;
}

void Store::Impl::start_held() {
    hear_starved();
    if (!retries_.deadline()) return;
    const auto now = Retries::Clock::now();
    while (const auto id = retries_.next(now)) {
        auto& from = *state_.connection(*id);
        const auto request = *std::exchange(from.held_start, std::nullopt);
        dispatch(from, {xs::MessageType::kTransactionStart, request, 0, {}});
    }
}

void Store::Impl::close_transaction(Connection& from, std::uint32_t id) {
    if (from.ring) {
        change(CloseTransaction{from.domain, id});
    } else {
        from.transactions.erase(id);
    }
}

/// Ends the transaction if it can be committed.
Errno Store::Impl::commit_transaction(Connection& from, Transaction& transaction) {
    if (!transaction.holds(state_.tree)) return EAGAIN;
    const auto limit = state_.quotas_of(from.domain).nodes;
    const auto more = transaction.accounts.usage(from.domain).nodes;
    const auto nodes = state_.accounts.usage(from.domain).nodes + more;
    if (!from.privileged() && limit != 0 && more > 0 && nodes > limit) return ENOSPC;
    const auto added = transaction.added_bytes();
    if (added != 0 && !has_room(added, ChangeSink::Need::kAdd)) return ENOSPC;
    if (transaction.is_next(state_.tree))
        adopt(from, transaction);
    else
        do_again(from, transaction);
    return 0;
}

/// Its operations, on the tree as it is.
void Store::Impl::do_again(Connection& from, Transaction& transaction) {
    const auto operations = transaction.take_operations();
    // Its trees go first, so that the changes find little that is shared.
    close_transaction(from, transaction.id);
    std::vector<NetEffect> effects;
    std::unordered_map<std::string_view, std::size_t, TextHash, SameText> places;
    places.reserve(operations.size());
    effects.reserve(operations.size());
    for (const auto& operation : operations) {
        const auto [place, first] = places.try_emplace(operation.path, effects.size());
        const auto* node = state_.tree.find(operation.path);
        if (first) effects.push_back({operation.path, node != nullptr, false, {}, {}});
        auto& effect = effects[place->second];
        using enum Transaction::Operation::Kind;
        if (!node && (operation.kind == kRemove || operation.kind == kSetPermissions)) continue;
        if (node && operation.kind == kMakeDirectory) continue;
        if (operation.kind == kRemove && !effect.removed) effect.removed = Ref<Node>::share(node);
        if (operation.kind == kSetPermissions && !effect.before) effect.before = node->permissions;
        effect.changed = true;
        carry_out(from, operation);
    }
    for (const auto& [path, existed, changed, before, removed] : effects) {
        if (changed && (existed || state_.tree.find(path))) events_.fire({path, before, removed});
    }
}

/// Its tree is the tree from now on; what it did is written down, and told.
void Store::Impl::adopt(Connection& from, Transaction& transaction) {
    using Kind = Transaction::Operation::Kind;
    const auto operations = transaction.take_operations();
    state_.tree = transaction.tree;
    state_.accounts.take_over(transaction.accounts);
    close_transaction(from, transaction.id);
    std::vector<NodeEvent> effects;
    std::unordered_map<std::string_view, std::size_t, TextHash, SameText> places;
    effects.reserve(operations.size());
    places.reserve(operations.size());
    for (const auto& [kind, path, value, permissions, before] : operations) {
        const auto [place, first] = places.try_emplace(path, effects.size());
        if (first) effects.push_back({path, {}, {}});
        auto& effect = effects[place->second];
        if (kind == Kind::kWrite) {
            record(WriteNode{path, value, owner_of_new(from)});
        } else {
            // Done already, but for what it says of domains.
            change(SetNodePermissions{path, permissions});
            if (!effect.before) effect.before = before;
        }
    }
    for (const auto& effect : effects) events_.fire(effect);
}

void Store::Impl::carry_out(const Connection& from, const Transaction::Operation& operation) {
    using enum Transaction::Operation::Kind;
    switch (operation.kind) {
        case kWrite:
        case kMakeDirectory:
            return change(WriteNode{operation.path, operation.value, owner_of_new(from)});
        case kRemove:
            return change(RemoveNode{operation.path});
        case kSetPermissions:
            return change(SetNodePermissions{operation.path, operation.permissions});
    }
}

}  // namespace zeroth::xenstored
