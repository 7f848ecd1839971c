// SPDX-License-Identifier: Apache-2.0
#include "libdomain/build/nodes.hpp"

#include <fmt/format.h>

namespace zeroth::build {
namespace {

using Permissions = std::vector<xs::Permission>;

Permissions to_permissions(const std::vector<plan::Permission>& wanted, DomainId domain) {
    Permissions out;
    for (const auto& permission : wanted) {
        out.push_back({permission.letter,
                       permission.who == plan::Who::kGuest ? domain : kDomain0});
    }
    return out;
}

void replace_all(std::string& text, std::string_view name, const std::string& value) {
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at)) {
        text.replace(at, name.size(), value);
        at += value.size();
    }
}

}  // namespace

std::string Names::fill_in(std::string_view text) const {
    std::string out{text};
    if (out.find('{') == std::string::npos) return out;
    replace_all(out, "{domid}", fmt::format("{}", domain.raw()));
    replace_all(out, "{start_time}", start_time);
    const auto port = [&](std::string_view name, plan::PortRole role) {
        const auto found = ports.find(role);
        if (found != ports.end()) replace_all(out, name, fmt::format("{}", found->second.raw()));
    };
    port("{store_port}", plan::PortRole::kStore);
    port("{console_port}", plan::PortRole::kConsole);
    port("{vuart_port}", plan::PortRole::kVuart);
    return out;
}

std::vector<xs::Change> to_changes(const std::vector<plan::Node>& nodes, const Names& names) {
    std::vector<xs::Change> changes;
    std::map<std::string, Permissions, std::less<>> made;
    for (const auto& node : nodes) {
        const std::string path = names.fill_in(node.path);
        const auto parent = made.find(path.substr(0, path.rfind('/')));
        auto wanted = to_permissions(node.permissions, names.domain);
        changes.emplace_back(xs::Write{path, names.fill_in(node.value)});
        if (parent == made.end() || parent->second != wanted) {
            changes.emplace_back(xs::SetPermissions{path, wanted});
        }
        made[path] = std::move(wanted);
    }
    return changes;
}

}  // namespace zeroth::build
