// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "core/result.hpp"
#include "libdomain/plan/fdt_writer.hpp"

namespace zeroth::plan {

/// Copies /passthrough (which must be there) and /aliases of a user's blob into the root node that
/// `tree` is writing. Nothing in the blob is trusted.
Result<> copy_partial_tree(std::span<const std::byte> blob, FdtWriter& tree);

}  // namespace zeroth::plan
