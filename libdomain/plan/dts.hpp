// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "core/result.hpp"

namespace zeroth::plan {

/// A device tree blob as source text, written as `dtc -O dts` writes it, so that the two can be
/// compared.
Result<std::string> print_device_tree(std::span<const std::byte> blob);

}  // namespace zeroth::plan
