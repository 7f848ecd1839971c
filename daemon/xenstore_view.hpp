// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "core/result.hpp"
#include "daemon/api/types.hpp"
#include "xenstore/client/store.hpp"

namespace zeroth::daemon {

inline constexpr std::size_t kMaxViewDepth = 32, kMaxViewNodes = 4096;

/// A node and what lies below it, level by level, down to `depth` of them (0: only itself). More
/// nodes than kMaxViewNodes are left out, which `truncated` tells. ENOENT where
/// there is no such node.
Result<api::XenStoreView> view_xenstore(xs::Store& store, std::string path, std::size_t depth);

}  // namespace zeroth::daemon
