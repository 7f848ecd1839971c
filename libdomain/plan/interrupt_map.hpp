// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/result.hpp"
#include "libdomain/plan/host_nodes.hpp"

/// Nexus nodes of the interrupt tree (Devicetree Specification v0.4, 2.4.3): what comes in from
/// below goes on to another node, under another name.
namespace zeroth::plan {

/// An interrupt at a node that it arrives at: who sends it, as that node's bus addresses it, and
/// which of the sender's it is.
struct InterruptLine {
    std::size_t node = 0;
    std::vector<std::uint32_t> unit_address, specifier;
};

/// Whether a node passes on by its `interrupt-map`. A controller that has one as well has a driver
/// which knows what it does besides.
bool is_nexus(const HostNodes& host, std::size_t index);

/// Through as many maps as there are on the way; none of them is trusted.
Result<InterruptLine> follow_maps(const HostNodes& host, InterruptLine line);

}  // namespace zeroth::plan
