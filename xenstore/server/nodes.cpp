// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

#include "xenstore/server/store_impl.hpp"
#include "xenstore/tree/path.hpp"

namespace zeroth::xenstored {

Errno Store::Impl::read(Request& request) {
    std::string_view path;
    if (const auto error = only_path(request, Special::kNo, path)) return error;
    const Node* node = nullptr;
    if (const auto error = look(request, path, Access::kRead, Aspect::kValue, node)) return error;
    reply(request, node->value());
    return 0;
}

/// All names below the node, each with its NUL.
const std::string& Store::Impl::names(const Node& node) {
    const auto generation = node.children ? node.children->generation() : 0;
    if (listing_.generation == generation) return listing_.names;
    listing_ = {generation, {}};
    if (!node.children) return listing_.names;
    listing_.names.reserve(node.children->names_size());
    for (const auto* child : node.children->in_order()) {
        listing_.names += child->name();
        listing_.names += '\0';
    }
    return listing_.names;
}

Errno Store::Impl::directory(Request& request) {
    std::string_view path;
    if (const auto error = only_path(request, Special::kNo, path)) return error;
    const Node* node = nullptr;
    if (const auto error = look(request, path, Access::kRead, Aspect::kChildren, node)) {
        return error;
    }
    if (node->children && node->children->names_size() > xs::kMaxPayload) return E2BIG;
    reply(request, names(*node));
    return 0;
}

/// The generation, and as many whole names from the offset on as fit; behind the last name of all a
/// NUL more.
Errno Store::Impl::directory_part(Request& request) {
    std::array<std::string_view, 2> room;
    const auto strings = split(request.frame.payload, room);
    if (!strings || strings->size() != 2) return EINVAL;
    std::size_t offset = 0;
    const auto end = room[1].data() + room[1].size();
    const auto [stop, bad] = std::from_chars(room[1].data(), end, offset);
    if (bad != std::errc{} || stop != end) return EINVAL;
    std::string_view path;
    if (const auto error = resolve(request.from, room[0], Special::kNo, path)) return error;
    const Node* node = nullptr;
    if (const auto error = look(request, path, Access::kRead, Aspect::kChildren, node)) {
        return error;
    }
    text_ = std::to_string(node->children ? node->children->generation() : 0);
    text_ += '\0';
    const std::string_view all = names(*node);
    auto part = all.substr(std::min(offset, all.size()));
    const auto space = xs::kMaxPayload - text_.size() - 1;
    const bool last = part.size() <= space;
    if (!last) part = part.substr(0, part.rfind('\0', space - 1) + 1);
    text_ += part;
    if (last) text_ += '\0';
    reply(request, text_);
    return 0;
}

Errno Store::Impl::write(Request& request) {
    const auto payload = request.frame.payload;
    const auto end = payload.find('\0');
    if (end == payload.npos) return EINVAL;
    std::string_view path;
    if (const auto error = resolve(request.from, payload.substr(0, end), Special::kNo, path)) {
        return error;
    }
    return store(request, path, payload.substr(end + 1), Transaction::Operation::Kind::kWrite);
}

Errno Store::Impl::make_directory(Request& request) {
    std::string_view path;
    if (const auto error = only_path(request, Special::kNo, path)) return error;
    return store(request, path, {}, Transaction::Operation::Kind::kMakeDirectory);
}

std::optional<DomainId> Store::Impl::owner_of_new(const Connection& from) const {
    return from.privileged() ? std::nullopt : std::optional{from.domain};
}

Errno Store::Impl::store(Request& request, std::string_view path, std::string_view value,
                         Transaction::Operation::Kind kind) {
    const bool make = kind == Transaction::Operation::Kind::kMakeDirectory;
    const Node* node = nullptr;
    // Who may write whatever there is need not know what it is.
    if (make || !request.from.privileged()) {
        const auto error = look(request, path, Access::kWrite, Aspect::kNothing, node);
        if (error != 0 && error != ENOENT) return error;
    }
    if (node && make) {
        // To be made at the end, if it has gone by then.
        if (request.transaction) request.transaction->did({kind, std::string{path}, {}, {}, {}});
        acknowledge(request);
        return 0;
    }
    if (const auto refused = admit_node(request, path, value.size())) return refused;
    const auto owner = owner_of_new(request.from);
    if (auto* transaction = request.transaction) {
        transaction->tree.write(path, value, owner, transaction->accounts);
        transaction->did({kind, std::string{path}, std::string{value}, {}, {}});
    } else {
        change(WriteNode{path, value, owner});
        events_.fire({path, {}, {}});
    }
    acknowledge(request);
    return 0;
}

/// Whether the client's quotas have room for the node with a value of this size.
Errno Store::Impl::admit_node(Request& request, std::string_view path, std::size_t value_size) {
    const auto& from = request.from;
    if (from.privileged()) return 0;
    const auto limits = state_.quotas_of(from.domain);
    if (limits.node_size != 0 && value_size > limits.node_size) return ENOSPC;
    auto usage = state_.accounts.usage(from.domain);
    if (request.transaction) {
        const auto more = request.transaction->accounts.usage(from.domain);
        usage.nodes += more.nodes;
        usage.memory += more.memory;
    }
    const auto& in = tree(request);
    std::int64_t made = 0;
    for (auto above = path; !in.find(above); above = parent_of(above)) ++made;
    if (made != 0 && limits.nodes != 0 && usage.nodes + made > limits.nodes) return ENOSPC;
    const auto memory = usage.memory + static_cast<std::int64_t>(value_size) +
                        made * static_cast<std::int64_t>(sizeof(Node));
    return limits.memory_hard != 0 && memory > limits.memory_hard ? ENOSPC : 0;
}

Errno Store::Impl::remove(Request& request) {
    std::string_view path;
    if (const auto error = only_path(request, Special::kNo, path)) return error;
    if (path == "/") return EINVAL;
    const Node* node = nullptr;
    const auto error = look(request, path, Access::kWrite, Aspect::kNothing, node);
    if (error != 0 && error != ENOENT) return error;
    if (const auto full = observe(request, parent_of(path), Aspect::kExistence)) return full;
    if (!node && !tree(request).find(parent_of(path))) {
        observe(request, path, Aspect::kExistence);
        return ENOENT;
    }
    if (auto* transaction = request.transaction) {
        transaction->tree.remove(path, transaction->accounts);
        transaction->did({Transaction::Operation::Kind::kRemove, std::string{path}, {}, {}, {}});
    } else if (node) {
        const auto removed = Ref<Node>::share(node);
        change(RemoveNode{path});
        events_.fire({path, {}, removed});
    }
    acknowledge(request);
    return 0;
}

}  // namespace zeroth::xenstored
