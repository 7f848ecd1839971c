// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

/// Rules of this tree that no compiler knows, checked over its files (see CONTRIBUTING.md).
namespace zeroth::lint {

struct Finding {
    /// From the root of the tree.
    std::string path;
    /// 1-based; 0 for a finding about the whole file.
    std::uint32_t line = 0;
    std::string rule, text;
};
using Findings = std::vector<Finding>;

}  // namespace zeroth::lint
