// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/xenstore/server/model.hpp"

#include <algorithm>
#include <utility>

namespace zeroth::xenstored {
namespace {

std::string above(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == 0 ? "/" : path.substr(0, slash);
}

bool covers(Access given, Access needed) {
    return (std::to_underlying(given) & std::to_underlying(needed)) == std::to_underlying(needed);
}

}  // namespace

Model::Model() {
    nodes_["/"].permissions = {{kDomain0, Access::kNone}};
    make(kDomain0, "/tool/xenstored");
}

const Model::Node* Model::find(const std::string& path) const {
    const auto found = nodes_.find(path);
    return found == nodes_.end() ? nullptr : &found->second;
}

Access Model::access(DomainId who, const std::string& path) const {
    const auto& permissions = nodes_.at(path).permissions;
    if (who == kDomain0 || permissions[0].domain == who) return Access::kBoth;
    for (std::size_t i = 1; i < permissions.size(); ++i) {
        if (permissions[i].domain == who) return permissions[i].access;
    }
    return permissions[0].access;
}

bool Model::may_read(DomainId who, const std::string& path) const {
    return has(path) && covers(access(who, path), Access::kRead);
}

std::string Model::look(DomainId who, const std::string& path, Access need) const {
    auto nearest = path;
    while (!has(nearest)) nearest = above(nearest);
    if (!covers(access(who, nearest), need)) return "ERROR EACCES|";
    return has(path) ? "" : "ERROR ENOENT|";
}

void Model::make(DomainId who, const std::string& path) {
    if (has(path)) return;
    make(who, above(path));
    auto permissions = nodes_.at(above(path)).permissions;
    if (who != kDomain0) permissions[0].domain = who;
    nodes_[path] = {"", permissions, ++made_};
}

std::string Model::list(const std::string& path) const {
    std::vector<std::pair<unsigned, std::string>> names;
    const auto folder = path == "/" ? path : path + '/';
    for (const auto& [name, node] : nodes_) {
        if (name == "/" || !name.starts_with(folder)) continue;
        const auto rest = name.substr(folder.size());
        if (rest.find('/') == rest.npos) names.emplace_back(node.made, rest);
    }
    std::ranges::sort(names);
    std::string text;
    for (const auto& [made, name] : names) text += name + '|';
    return text;
}

std::string Model::set_permissions(DomainId who, const std::string& path, const std::string& text) {
    if (auto error = look(who, path, Access::kWrite); !error.empty()) return error;
    std::vector<Permission> permissions;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = text.find('|', at);
        permissions.push_back(*parse_permission(text.substr(at, end - at)));
        at = end + 1;
    }
    auto& node = nodes_.at(path);
    const auto owner = node.permissions[0].domain;
    if (who != kDomain0 && owner != who) return "ERROR EACCES|";
    if (who != kDomain0 && permissions[0].domain != owner) return "ERROR EPERM|";
    node.permissions = permissions;
    return "SET_PERMS OK|";
}

std::string Model::ask(DomainId from, xs::MessageType type, const std::string& request,
                       std::vector<std::string>& changed) {
    using enum xs::MessageType;
    const auto path = request.substr(0, request.find('|'));
    const auto rest = request.substr(request.find('|') + 1);
    const bool reads = type == kRead || type == kDirectory || type == kGetPerms;
    const auto error = look(from, path, reads ? Access::kRead : Access::kWrite);
    if (reads) {
        if (!error.empty()) return error;
        if (type == kRead) return "READ " + nodes_.at(path).value;
        if (type == kDirectory) return "DIRECTORY " + list(path);
        std::string text = "GET_PERMS ";
        for (const auto& entry : nodes_.at(path).permissions) {
            append_text(entry, text);
            text += '|';
        }
        return text;
    }
    if (type == kSetPerms) {
        auto reply = set_permissions(from, path, rest);
        if (!reply.starts_with("ERROR")) changed.push_back(path);
        return reply;
    }
    if (!error.empty() && error != "ERROR ENOENT|") return error;
    if (type == kRm) {
        if (!has(path)) return has(above(path)) ? "RM OK|" : error;
        changed.push_back(path);
        nodes_.erase(path);
        std::erase_if(nodes_, [&](const auto& node) { return node.first.starts_with(path + '/'); });
        return "RM OK|";
    }
    if (type == kWrite || !has(path)) changed.push_back(path);
    make(from, path);
    if (type == kMkdir) return "MKDIR OK|";
    nodes_.at(path).value = rest;
    return "WRITE OK|";
}

}  // namespace zeroth::xenstored
