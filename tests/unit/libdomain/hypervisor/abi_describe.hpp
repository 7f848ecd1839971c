// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "libdomain/hypervisor/abi/layouts.hpp"

namespace zeroth::testing {

/// Every layout that crosses the seam to this release: sizes, and each member's offset and size.
std::string describe_layouts(const xenabi::Layouts& layouts);

}  // namespace zeroth::testing
