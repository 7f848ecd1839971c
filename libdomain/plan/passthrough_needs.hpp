// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "libdomain/plan/host_nodes.hpp"

namespace zeroth::plan {

/// What a device needs of other nodes.
struct Needs {
    /// Sentences on what stays behind.
    std::vector<std::string> obstacles;
    /// Nodes that can come along: clocks that nobody has to switch.
    std::set<std::size_t> companions;
    /// Properties of the node that mean nothing in a guest.
    std::set<std::string, std::less<>> dropped;
};

Needs needs_of(const HostNodes& host, std::size_t index);

}  // namespace zeroth::plan
