// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "daemon/api/types.hpp"
#include "tests/sim/kills/world.hpp"

namespace zeroth::testing {

/// What the machine has when there is no domain but those that stay.
struct Baseline {
    std::uint64_t free_pages = 0;
    std::size_t mappings = 0, ports = 0;
};
Baseline baseline_of(World& world);

Result<std::vector<api::Domain>> domains_of(World& world);

/// What of the machine, XenStore, xld's answers and its files contradicts the rest, a sentence
/// each.
std::vector<std::string> contradictions(World& world);
/// What differs from the baseline, a sentence each; waits a little for it to come about.
std::vector<std::string> leftovers(World& world, const Baseline& before);

}  // namespace zeroth::testing
