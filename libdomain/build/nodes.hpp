// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "libdomain/plan/build_plan.hpp"
#include "libdomain/plan/node_text.hpp"
#include "xenstore/client/store.hpp"

namespace zeroth::build {

/// The fewest requests that make the nodes, since each costs xenstored a millisecond on a small
/// board: a permission list is set only where the node would not inherit it from a parent made
/// here, a node without a value that a child brings into being is not written, and one that
/// several devices have above them is made once.
std::vector<xs::Change> to_changes(const std::vector<plan::Node>& nodes,
                                   const plan::NodeValues& values);

/// Now, as /vm/<uuid>/start_time has it.
std::string start_time();

}  // namespace zeroth::build
