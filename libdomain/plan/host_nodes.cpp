// SPDX-License-Identifier: Apache-2.0
#include "libdomain/plan/host_nodes.hpp"

#include <fmt/format.h>

extern "C" {
#include <libfdt.h>
}

#include <algorithm>

#include "libdomain/plan/fdt_check.hpp"

namespace zeroth::plan {
namespace {

/// Deeper than any board's, and shallow enough for what is recursive elsewhere.
constexpr std::size_t kDeepest = 32;

}  // namespace

Result<HostNodes> HostNodes::create(std::span<const std::byte> blob) {
    ZEROTH_CHECK(check_device_tree(blob));
    HostNodes host;
    // libfdt wants eight-byte alignment, which a caller's buffer need not have.
    host.blob_.assign(blob.begin(), blob.end());
    const void* tree = host.tree();
    if (const int error = ::fdt_check_full(tree, host.blob_.size()); error != 0)
        return fail(Error::message(EINVAL, ::fdt_strerror(error)));
    std::vector<std::size_t> open;
    int depth = -1;
    for (int node = ::fdt_next_node(tree, -1, &depth); node >= 0 && depth >= 0;
         node = ::fdt_next_node(tree, node, &depth)) {
        const auto level = static_cast<std::size_t>(depth);
        if (level > kDeepest)
            return fail(Error::message(
                EINVAL, fmt::format("nodes lie more than {} deep in one another", kDeepest)));
        open.resize(level);
        const auto index = host.nodes_.size();
        host.nodes_.push_back({node, open.empty() ? index : open.back()});
        open.push_back(index);
        if (const auto phandle = ::fdt_get_phandle(tree, node); phandle != 0)
            host.phandles_.emplace(phandle, index);
    }
    return host;
}

Result<std::size_t> HostNodes::find(const std::string& path) const {
    const int offset = ::fdt_path_offset(tree(), path.c_str());
    const auto found = std::ranges::find(nodes_, offset, &Node::offset);
    if (offset >= 0 && found != nodes_.end())
        return static_cast<std::size_t>(found - nodes_.begin());
    return fail(Error::message(ENOENT, fmt::format("the device tree has no node {}", path))
                    .with_hint(nearest(path)));
}

/// "/soc has: gpio@1c20800, ..." of the deepest part of the path that is there.
std::string HostNodes::nearest(const std::string& path) const {
    auto part = path;
    int offset = -1;
    while (offset < 0 && part.size() > 1) {
        const auto slash = part.rfind('/');
        if (slash == std::string::npos) return "Paths begin with a slash.";
        part.resize(slash == 0 ? 1 : slash);
        offset = ::fdt_path_offset(tree(), part.c_str());
    }
    if (offset < 0) return {};
    constexpr std::size_t kMost = 2000;
    std::string names;
    int child = 0;
    fdt_for_each_subnode(child, tree(), offset) {
        const char* name = ::fdt_get_name(tree(), child, nullptr);
        if (name == nullptr || names.size() > kMost) break;
        names += (names.empty() ? "" : ", ") + std::string{name};
    }
    return fmt::format("{} has: {}.", part, names);
}

std::optional<std::size_t> HostNodes::of_phandle(std::uint32_t phandle) const {
    const auto found = phandles_.find(phandle);
    return found == phandles_.end() ? std::optional<std::size_t>{} : found->second;
}

std::vector<int> HostNodes::ancestors(std::size_t index) const {
    std::vector<int> offsets;
    for (auto at = index; at != 0; at = nodes_[at].parent)
        offsets.push_back(nodes_[nodes_[at].parent].offset);
    std::ranges::reverse(offsets);
    return offsets;
}

bool HostNodes::is_within(std::size_t index, std::size_t outer) const {
    while (index != outer && index != 0) index = nodes_[index].parent;
    return index == outer;
}

std::string HostNodes::name(std::size_t index) const {
    const char* name = ::fdt_get_name(tree(), nodes_[index].offset, nullptr);
    return name == nullptr ? "" : name;
}

std::string HostNodes::path(std::size_t index) const {
    std::string path;
    for (auto at = index; at != 0; at = nodes_[at].parent) path.insert(0, "/" + name(at));
    return path.empty() ? "/" : path;
}

bool HostNodes::is_compatible(std::size_t index, const char* word) const {
    return ::fdt_node_check_compatible(tree(), nodes_[index].offset, word) == 0;
}

}  // namespace zeroth::plan
