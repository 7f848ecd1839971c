// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "libdomain/plan/host_nodes.hpp"

namespace zeroth::plan {

/// A shared interrupt of the GIC's, with the trigger from the device tree.
struct Interrupt {
    std::uint32_t number = 0, flags = 0;
};
/// Those of a device that can be handed on, whatever nexus nodes stand between it and the GIC;
/// sentences on the others.
std::vector<Interrupt> interrupts_of(const HostNodes& host, std::size_t index,
                                     std::vector<std::string>& obstacles);

}  // namespace zeroth::plan
