// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <utility>

#include "xenstore/server/store_impl.hpp"
#include "xenstore/tree/path.hpp"

namespace zeroth::xenstored {
namespace {

bool covers(Access given, Access needed) {
    const auto bits = std::to_underlying(needed);
    return (std::to_underlying(given) & bits) == bits;
}

}  // namespace

const Tree& Store::Impl::tree(const Request& request) const {
    return request.transaction ? request.transaction->tree : state_.tree;
}

/// What `text` stands for, absolute. It is good until the next call.
Errno Store::Impl::resolve(const Connection& from, std::string_view text, Special special,
                           std::string_view& path) {
    if (!valid_path(text)) return EINVAL;
    path = text;
    if (special_path(text)) return special == Special::kYes ? 0 : EINVAL;
    const bool relative = !text.starts_with('/');
    if (!relative && from.privileged()) return 0;
    path_ = "/local/domain/";
    path_ += std::to_string(from.domain.raw());
    path_ += '/';
    const auto folder = path_.size();
    if (relative) {
        path_ += text;
        path = path_;
    }
    const auto length = path.starts_with(path_) || relative ? path.size() - folder : path.size();
    const auto limit = state_.quotas_of(from.domain).path_length;
    const bool too_long = !from.privileged() && limit != 0 && length > limit;
    return too_long || path.size() > kMaxPath ? EINVAL : 0;
}

Errno Store::Impl::only_path(Request& request, Special special, std::string_view& path) {
    std::array<std::string_view, 1> room;
    if (!split(request.frame.payload, room)) return EINVAL;
    return resolve(request.from, room[0], special, path);
}

Access Store::Impl::access(const Connection& from, const PermissionList& list) const {
    return events_.access(from, list);
}

bool Store::Impl::owns(const Connection& from, const PermissionList& list) const {
    if (from.privileged() || list.owner() == from.domain) return true;
    const auto* domain = state_.domain(from.domain);
    return domain && domain->target &&
           (domain->target == list.owner() || domain->target == kDomain0);
}

/// Notes that the transaction, if there is one, has seen the node; ENOSPC if that is one too many.
Errno Store::Impl::observe(Request& request, std::string_view path, Aspect aspect) {
    auto* transaction = request.transaction;
    if (!transaction) return 0;
    if (!request.from.privileged()) {
        const auto limit = state_.quotas_of(request.from.domain).transaction_nodes;
        const bool full = limit != 0 && transaction->nodes() >= limit;
        if (full && !transaction->touches(path)) return ENOSPC;
    }
    transaction->saw(path, aspect);
    return 0;
}

/// The node at `path`, which the client must have the right to. What is not there is the affair of
/// those only who have that right to the nearest ancestor: ENOENT for them, EACCES for others.
Errno Store::Impl::look(Request& request, std::string_view path, Access need, Aspect aspect,
                        const Node*& node) {
    const auto& in = tree(request);
    node = in.find(path);
    if (const auto full = observe(request, path, aspect)) return full;
    if (request.from.privileged()) return node ? 0 : ENOENT;
    observe(request, path, Aspect::kPermissions);
    if (node) return covers(access(request.from, *node->permissions), need) ? 0 : EACCES;
    for (auto above = parent_of(path);; above = parent_of(above)) {
        if (const auto full = observe(request, above, Aspect::kPermissions)) return full;
        const auto* ancestor = in.find(above);
        if (!ancestor) continue;
        return covers(access(request.from, *ancestor->permissions), need) ? ENOENT : EACCES;
    }
}

Errno Store::Impl::domain_argument(std::string_view text, DomainId& domain) const {
    std::uint16_t number = 0;
    const auto end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || stop != end) return EINVAL;
    domain = DomainId{number};
    return 0;
}

Errno Store::Impl::only_domain(Request& request, DomainId& domain) const {
    std::array<std::string_view, 1> room;
    if (!split(request.frame.payload, room)) return EINVAL;
    return domain_argument(room[0], domain);
}

}  // namespace zeroth::xenstored
