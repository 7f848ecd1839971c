// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cerrno>

#include "xenstore/server/store_impl.hpp"
#include "xenstore/tree/path.hpp"

namespace zeroth::xenstored {
namespace {

/// NUL-ended entries, at least one.
bool parse_permissions(std::string_view text, std::vector<Permission>& entries) {
    entries.clear();
    while (!text.empty()) {
        const auto end = text.find('\0');
        const auto entry = parse_permission(text.substr(0, end));
        if (!entry) return false;
        entries.push_back(*entry);
        text.remove_prefix(end + 1);
    }
    return !entries.empty();
}

}  // namespace

Errno Store::Impl::get_permissions(Request& request) {
    std::string_view path;
    if (const auto error = only_path(request, Special::kYes, path)) return error;
    const PermissionList* list = nullptr;
    if (special_path(path)) {
        const auto* found = state_.permissions(state_.tree, path);
        if (!found) return ENOENT;
        if (access(request.from, **found) == Access::kNone) return EACCES;
        list = found->get();
    } else {
        const Node* node = nullptr;
        const auto error = look(request, path, Access::kRead, Aspect::kPermissions, node);
        if (error) return error;
        list = node->permissions.get();
    }
    text_.clear();
    for (const auto& entry : list->entries) {
        append_text(entry, text_);
        text_ += '\0';
    }
    if (text_.size() > xs::kMaxPayload) return E2BIG;
    reply(request, text_);
    return 0;
}

Errno Store::Impl::check_permissions(Request& request, const PermissionList& old,
                                     std::span<const Permission> permissions) {
    const auto& from = request.from;
    if (!owns(from, old)) return EACCES;
    if (!from.privileged() && permissions.front().domain != old.owner()) return EPERM;
    const auto limit = state_.quotas_of(from.domain).node_permissions;
    if (!from.privileged() && limit != 0 && permissions.size() > limit) return ENOSPC;
    const auto known = [this](const Permission& entry) { return exists(entry.domain); };
    return std::ranges::all_of(permissions, known) ? 0 : ENOENT;
}

Errno Store::Impl::set_permissions(Request& request) {
    const auto payload = request.frame.payload;
    const auto end = payload.find('\0');
    if (end == payload.npos || !payload.ends_with('\0')) return EINVAL;
    std::string_view path;
    if (const auto error = resolve(request.from, payload.substr(0, end), Special::kYes, path)) {
        return error;
    }
    if (!parse_permissions(payload.substr(end + 1), permissions_)) return EINVAL;

    Ref<PermissionList> old;
    if (special_path(path)) {
        const auto* found = state_.permissions(state_.tree, path);
        if (!found) return ENOENT;
        old = *found;
    } else {
        const Node* node = nullptr;
        const auto error = look(request, path, Access::kWrite, Aspect::kExistence, node);
        if (error) return error;
        old = node->permissions;
    }
    if (const auto error = check_permissions(request, *old, permissions_)) return error;

    if (auto* transaction = request.transaction; transaction && !special_path(path)) {
        transaction->tree.set_permissions(path, state_.context.permissions.get(permissions_),
                                          transaction->accounts);
        transaction->did({Transaction::Operation::Kind::kSetPermissions,
                          std::string{path},
                          {},
                          permissions_,
                          old});
    } else {
        change(SetNodePermissions{path, permissions_});
        if (!special_path(path)) events_.fire({path, old, {}});
    }
    acknowledge(request);
    return 0;
}

}  // namespace zeroth::xenstored
