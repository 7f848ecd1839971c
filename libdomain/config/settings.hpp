// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "libdomain/config/report.hpp"
#include "libdomain/config/value.hpp"

namespace zeroth::config {

/// One setting per key, in the order in which the keys first appeared: a later `=` wins (with a
/// note, unless it comes from the command line) and `+=` adds to what was there.
std::vector<Setting> settle(std::vector<Setting> statements, Report& report);

}  // namespace zeroth::config
