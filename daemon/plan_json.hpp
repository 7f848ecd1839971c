// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>

#include "libdomain/plan/build_plan.hpp"

namespace zeroth::daemon {

/// A plan for programs: memory map, steps (kind and words), nodes, and the device tree in base64.
boost::json::value to_json(const plan::BuildPlan& plan);

}  // namespace zeroth::daemon
