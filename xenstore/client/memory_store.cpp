// SPDX-License-Identifier: Apache-2.0
#include "xenstore/client/memory_store.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/append.hpp"

namespace zeroth::xs {
namespace {

std::string parent_of(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == 0 ? "/" : path.substr(0, slash);
}

bool is_below(std::string_view path, std::string_view ancestor) {
    return path.size() > ancestor.size() && path.starts_with(ancestor) &&
           path[ancestor.size()] == '/';
}

}  // namespace

MemoryStore::MemoryStore() {
    nodes_["/"] = {"", {{'n', kDomain0}}};
    make(nodes_, "/local/domain/0/name").value = "Domain-0";
    make(nodes_, "/local/domain/0/domid").value = "0";
    make(nodes_, "/local/pool/0/name").value = "Pool-0";
}

Result<> MemoryStore::admit(std::string_view what) {
    if (fail_in_ == 0 || --fail_in_ > 0) return {};
    return fail(fail_with_, fmt::format("XenStore: {}", what));
}

MemoryStore::Node& MemoryStore::make(Nodes& nodes, const std::string& path) {
    const auto found = nodes.find(path);
    if (found != nodes.end()) return found->second;
    auto permissions = make(nodes, parent_of(path)).permissions;
    return nodes[path] = {"", std::move(permissions)};
}

Result<> MemoryStore::carry_out(Nodes& nodes, const Change& change) {
    if (const auto* write = std::get_if<Write>(&change)) {
        make(nodes, write->path).value = write->value;
    } else if (const auto* set = std::get_if<SetPermissions>(&change)) {
        const auto node = nodes.find(set->path);
        if (node == nodes.end()) return fail(ENOENT, "XenStore: set permissions of " + set->path);
        node->second.permissions = set->permissions;
    } else if (const auto* remove = std::get_if<Remove>(&change)) {
        std::erase_if(nodes, [&](const auto& entry) {
            return entry.first == remove->path || is_below(entry.first, remove->path);
        });
    } else {
        const auto node = nodes.find(std::get<Prune>(change).path);
        const auto next = node == nodes.end() ? node : std::next(node);
        const bool parent = next != nodes.end() && is_below(next->first, node->first);
        if (node != nodes.end() && !parent && node->second.value.empty()) nodes.erase(node);
    }
    return {};
}

Result<std::vector<std::optional<std::string>>> MemoryStore::read(
    std::span<const std::string> paths) {
    const std::lock_guard lock{mutex_};
    ZEROTH_CHECK(admit("read"));
    std::vector<std::optional<std::string>> values;
    for (const auto& path : paths) {
        const auto node = nodes_.find(path);
        values.push_back(node == nodes_.end() ? std::nullopt : std::optional{node->second.value});
    }
    return values;
}

Result<std::vector<std::string>> MemoryStore::directory(std::string_view path) {
    const std::lock_guard lock{mutex_};
    ZEROTH_CHECK(admit("list"));
    std::vector<std::string> names;
    for (auto node = nodes_.upper_bound(path);
         node != nodes_.end() && node->first.starts_with(path); ++node) {
        if (is_below(node->first, path) && parent_of(node->first) == path) {
            names.push_back(node->first.substr(path.size() + 1));
        }
    }
    return names;
}

Result<> MemoryStore::apply(std::span<const Change> changes) {
    const std::lock_guard lock{mutex_};
    ZEROTH_CHECK(admit("transaction"));
    Nodes changed = nodes_;
    for (const auto& change : changes) ZEROTH_CHECK(carry_out(changed, change));
    nodes_ = std::move(changed);
    return {};
}

Result<> MemoryStore::introduce(DomainId /*domain*/, GuestFrame /*ring*/, Port /*port*/) {
    const std::lock_guard lock{mutex_};
    return admit("introduce");
}

Result<std::string> MemoryStore::wait_for_value(std::string_view path,
                                                std::chrono::milliseconds /*timeout*/) {
    const std::lock_guard lock{mutex_};
    ZEROTH_CHECK(admit("wait"));
    const auto node = nodes_.find(path);
    if (node == nodes_.end() || node->second.value.empty()) {
        return fail(ETIMEDOUT, fmt::format("XenStore: wait for a value of {}", path));
    }
    return node->second.value;
}

std::string MemoryStore::dump() const {
    const std::lock_guard lock{mutex_};
    std::string out;
    for (const auto& [path, node] : nodes_) {
        std::string permissions;
        for (const auto& permission : node.permissions) {
            permissions += (permissions.empty() ? "" : ",") + permission.text();
        }
        append(out, "{} = \"{}\"   ({})\n", path, node.value, permissions);
    }
    return out;
}

void MemoryStore::fail_request(unsigned n, int errno_value) {
    const std::lock_guard lock{mutex_};
    fail_in_ = n;
    fail_with_ = errno_value;
}

}  // namespace zeroth::xs
