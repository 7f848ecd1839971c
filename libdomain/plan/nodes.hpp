// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/units.hpp"
#include "core/uuid.hpp"
#include "libdomain/config/channel.hpp"
#include "libdomain/plan/build_plan.hpp"
#include "libdomain/plan/layout.hpp"

namespace zeroth::plan {

/// What XenStore is told about a domain.
struct NodeFacts {
    std::string name;
    Uuid uuid;
    KiB memory, maxmem;
    /// vCPUs that exist, and how many of them are online from the start.
    std::uint32_t max_vcpus = 1, online_vcpus = 1;
    bool vuart = false, driver_domain = false;
    /// Whether it has a PV console; where its ring to XenStore is, if it has one.
    bool console = true;
    std::optional<GuestFrame> store = kStoreFrame;
    /// Numbered from 1.
    std::vector<config::Channel> channels = {};
};

/// Every node of a domain without further devices, parents first, in the order in which
/// `xenstore-ls` lists those of the reference (D.1 and D.3).
std::vector<Node> make_nodes(const NodeFacts& facts);

}  // namespace zeroth::plan
