// SPDX-License-Identifier: Apache-2.0
#include "daemon/xenstore_view.hpp"

#include <fmt/format.h>

#include "xenstore/client/client.hpp"

namespace zeroth::daemon {
namespace {

using Nodes = std::vector<api::XenStoreNode>;

/// Those of the paths that are there, by xenstored: one send for all.
Result<Nodes> look(xs::Client& client, const std::vector<std::string>& paths) {
    ZEROTH_TRY(const auto found, client.look(paths, xs::Client::Ask::kPermissionsToo));
    Nodes nodes;
    for (std::size_t i = 0; i < found.size(); ++i) {
        const auto& node = found[i];
        if (!node.value || !node.names) continue;
        nodes.push_back({paths[i], *node.value, {}, *node.names});
        if (!node.permissions) continue;
        for (const auto& permission : *node.permissions) {
            nodes.back().permissions.push_back(permission.text());
        }
    }
    return nodes;
}

/// The same by any store; it has no permissions to tell.
Result<Nodes> look(xs::Store& store, const std::vector<std::string>& paths) {
    if (auto* client = dynamic_cast<xs::Client*>(&store)) return look(*client, paths);
    ZEROTH_TRY(const auto values, store.read(paths));
    Nodes nodes;
    for (std::size_t i = 0; i < paths.size(); ++i) {
        ZEROTH_TRY(auto names, store.directory(paths[i]));
        if (!values[i] && names.empty() && paths[i] != "/") continue;
        nodes.push_back({paths[i], values[i].value_or(""), {}, std::move(names)});
    }
    return nodes;
}

std::string below(const std::string& path, const std::string& name) {
    return path == "/" ? path + name : path + "/" + name;
}

/// Collects a tree level by level, so that each level is one send.
class Walk {
public:
    explicit Walk(xs::Store& store) : store_{store} {}

    Result<> level(const std::vector<std::string>& paths) {
        ZEROTH_TRY(auto nodes, look(store_, paths));
        next_.clear();
        for (auto& node : nodes) {
            if (view_.nodes.size() == kMaxViewNodes) {
                view_.truncated = true;
                return {};
            }
            for (const auto& name : node.children) next_.push_back(below(node.path, name));
            view_.nodes.push_back(std::move(node));
        }
        return {};
    }
    /// What lies one level deeper, as far as there is room for it.
    std::vector<std::string> next() {
        const auto room = kMaxViewNodes - view_.nodes.size();
        if (next_.size() > room) {
            next_.resize(room);
            view_.truncated = true;
        }
        return std::move(next_);
    }
    api::XenStoreView take() { return std::move(view_); }

private:
    xs::Store& store_;
    api::XenStoreView view_;
    std::vector<std::string> next_;
};

}  // namespace

Result<api::XenStoreView> view_xenstore(xs::Store& store, std::string path, std::size_t depth) {
    Walk walk{store};
    std::vector<std::string> paths{path};
    for (std::size_t level = 0; level <= depth && !paths.empty(); ++level) {
        ZEROTH_CHECK(walk.level(paths));
        paths = walk.next();
    }
    auto view = walk.take();
    if (view.nodes.empty()) {
        return fail(Error::message(ENOENT, fmt::format("XenStore has no node {}", path)));
    }
    return view;
}

}  // namespace zeroth::daemon
