// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "core/result.hpp"

namespace zeroth::plan {

/// Whether libfdt can be let loose on a blob from outside. Its own check is not enough: that of
/// release 1.6.1 never ends where a property's length wraps around.
Result<> check_device_tree(std::span<const std::byte> blob);

}  // namespace zeroth::plan
