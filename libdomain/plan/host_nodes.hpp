// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/result.hpp"

namespace zeroth::plan {

/// A host's device tree, read once from top to bottom, so that each node's ancestors and each
/// phandle's node are known without another search.
class HostNodes {
public:
    struct Node {
        int offset = 0;
        /// Index of its parent; the root is its own.
        std::size_t parent = 0;
    };

    /// Nothing in the blob is trusted.
    static Result<HostNodes> create(std::span<const std::byte> blob);

    const void* tree() const { return blob_.data(); }
    const std::vector<Node>& all() const { return nodes_; }

    /// By path or alias; the Error names what there is in its place.
    Result<std::size_t> find(const std::string& path) const;
    std::optional<std::size_t> of_phandle(std::uint32_t phandle) const;
    /// Offsets of a node's ancestors, the root first.
    std::vector<int> ancestors(std::size_t index) const;
    bool is_within(std::size_t index, std::size_t outer) const;
    std::string path(std::size_t index) const;
    std::string name(std::size_t index) const;
    bool is_compatible(std::size_t index, const char* word) const;

private:
    HostNodes() = default;
    std::string nearest(const std::string& path) const;

    std::vector<std::byte> blob_;
    std::vector<Node> nodes_;
    std::map<std::uint32_t, std::size_t> phandles_;
};

}  // namespace zeroth::plan
