// SPDX-License-Identifier: Apache-2.0
#include "libdomain/build/nodes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace zeroth::build {
namespace {

using Permissions = std::vector<xs::Permission>;

Permissions to_permissions(const std::vector<plan::Permission>& wanted, DomainId domain) {
    Permissions out;
    for (const auto& permission : wanted) {
        out.push_back(
            {permission.letter, permission.who == plan::Who::kGuest ? domain : permission.host});
    }
    return out;
}

bool has_children(const plan::Node& node, const std::vector<plan::Node>& nodes) {
    const auto end = node.path.size();
    return std::ranges::any_of(nodes, [&](const auto& other) {
        return other.path.size() > end && other.path[end] == '/' &&
               other.path.starts_with(node.path);
    });
}

struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
};

}  // namespace

std::vector<xs::Change> to_changes(const std::vector<plan::Node>& nodes,
                                   const plan::NodeValues& values) {
    std::vector<xs::Change> changes;
    std::unordered_map<std::string, Permissions, Hash, std::equal_to<>> made;
    for (const auto& node : nodes) {
        const std::string path = plan::fill_in(node.path, values);
        auto wanted = to_permissions(node.permissions, values.domain);
        const auto there = made.find(path);
        if (node.value.empty() && there != made.end() && there->second == wanted) continue;
        const auto parent = made.find(std::string_view{path}.substr(0, path.rfind('/')));
        const bool inherits = parent != made.end() && parent->second == wanted;
        if (!inherits || !node.value.empty() || !has_children(node, nodes)) {
            changes.emplace_back(xs::Write{path, plan::fill_in(node.value, values)});
        }
        if (!inherits) changes.emplace_back(xs::SetPermissions{path, wanted});
        made[path] = std::move(wanted);
    }
    return changes;
}

std::string start_time() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto centiseconds =
        std::chrono::duration_cast<std::chrono::milliseconds>(now).count() / 10;
    return fmt::format("{}.{:02}", centiseconds / 100, centiseconds % 100);
}

}  // namespace zeroth::build
