// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.hpp"
#include "hooks/network.hpp"
#include "hooks/vif_hotplug.hpp"

/// The parts of hotplug that work on an interface that is there.
namespace zeroth::hooks {

/// The address of every port of a bridge that is dom0's end of a guest: the highest that is none of
/// a group, so that no bridge takes it for its own.
inline constexpr MacAddress kPortMac{0xfe, 0xff, 0xff, 0xff, 0xff, 0xff};

/// The guest's addresses, dom0's own towards it, and what tells its routes from others'.
struct Routing {
    std::vector<IpPrefix> guest;
    std::optional<IpPrefix> own;
    RouteMetric metric;
};

/// What kRoute and kNat come to on this host.
Result<Routing> routing_of(Network& network, const VifRequest& request);

/// Everything from the interface as netback made it to one that carries traffic.
Result<VifReady> configure(Network& network, const VifRequest& request, const Link& made);
/// The reverse, as far as it goes.
Result<> unconfigure(Network& network, const VifRequest& request, const Link& link);

}  // namespace zeroth::hooks
