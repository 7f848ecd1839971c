// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.hpp"
#include "libdomain/plan/build_plan.hpp"
#include "xenstore/client/store.hpp"

namespace zeroth::build {

/// What a plan could only name: known once the domain exists.
struct Names {
    DomainId domain;
    std::map<plan::PortRole, Port> ports;
    /// Seconds and hundredths since 1970, as the reference writes it.
    std::string start_time;

    /// The text with `{domid}`, `{store_port}`, `{console_port}`, `{vuart_port}`, `{start_time}`
    /// replaced.
    std::string fill_in(std::string_view text) const;
};

/// The fewest requests that make the nodes: a permission list is set only where the node would not
/// inherit it from a parent made here.
std::vector<xs::Change> to_changes(const std::vector<plan::Node>& nodes, const Names& names);

}  // namespace zeroth::build
