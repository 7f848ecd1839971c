// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "libdomain/plan/build_plan.hpp"

namespace zeroth::plan {

using Permissions = std::vector<Permission>;

// `n` names the owner, who may do anything; the letter then says what everybody else may do.
inline const Permissions kPrivate{{'n', Who::kHost}};
inline const Permissions kGuestReads{{'n', Who::kHost}, {'r', Who::kGuest}};
inline const Permissions kGuestOwns{{'n', Who::kGuest}};
inline const Permissions kGuestOwnsHostReads{{'n', Who::kGuest}, {'r', Who::kHost}};

/// Where the guest's own nodes are, and where the toolstack's about it.
inline const std::string kHome = "/local/domain/{domid}";
inline const std::string kToolstack = "/libxl/{domid}";

class NodeList {
public:
    void add(std::string path, std::string value, const Permissions& permissions) {
        nodes_.push_back({std::move(path), std::move(value), permissions});
    }
    /// Below the folder last entered.
    void enter(std::string folder) { folder_ = std::move(folder); }
    void put(const char* key, std::string value, const Permissions& permissions) {
        add(fmt::format("{}/{}", folder_, key), std::move(value), permissions);
    }
    std::vector<Node> take() { return std::move(nodes_); }

private:
    std::vector<Node> nodes_;
    std::string folder_;
};

}  // namespace zeroth::plan
