// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/ids.hpp"
#include "core/result.hpp"
#include "hooks/link_watch.hpp"
#include "hooks/network.hpp"

/// What the scripts vif-bridge, vif-route and vif-nat do, done over netlink: no process is started.
namespace zeroth::hooks {

enum class VifMode { kBridge, kRoute, kNat };

/// What is wanted of dom0's end of a guest's network interface.
struct VifRequest {
    DomainId domain;
    std::uint32_t devid = 0;
    VifMode mode = VifMode::kBridge;
    /// kBridge: the bridge to join.
    std::string bridge = {};
    /// The name that dom0's end gets; else it keeps netback's, "vif3.0".
    std::optional<std::string> vifname = {};
    /// Else a bridge's, or the kernel's default.
    std::optional<Mtu> mtu = {};
    /// The guest's addresses: kRoute sends what goes to them to the interface, kNat takes the
    /// first.
    std::vector<IpPrefix> addresses = {};
    /// kRoute: the interface whose address dom0 uses towards the guest; "eth0" if not given.
    std::optional<std::string> gatewaydev = {};

    /// Netback's own name for it.
    std::string device() const;
    /// The name that it has in the end.
    std::string interface() const { return vifname.value_or(device()); }
};

/// What has become of it.
struct VifReady {
    std::string interface;
    LinkIndex index;
    /// For the frontend's `mtu` node.
    Mtu mtu;
};

/// Whether the host has what the request needs, asked before there is an interface: the bridge, the
/// name, the gateway. The value is what is odd, yet no obstacle: a sentence each.
Result<std::vector<std::string>> check(Network& network, const VifRequest& request);

/// One interface on its way up. Many can be waited for in one loop: poll `fd()` for reading until
/// `deadline()`, and call `step()` at first, whenever it is readable, and when the time is up.
class VifHotplug {
public:
    using Clock = std::chrono::steady_clock;

    static Result<VifHotplug> start(VifRequest request, Clock::time_point deadline);

    int fd() const { return watch_.fd(); }
    Clock::time_point deadline() const { return deadline_; }
    const VifRequest& request() const { return request_; }
    /// Nothing as long as netback has not made the interface. After an error the interface is as it
    /// was made, out of any bridge.
    Result<std::optional<VifReady>> step();

private:
    VifHotplug(VifRequest request, Clock::time_point deadline, LinkWatch watch, Network network)
        : request_{std::move(request)},
          deadline_{deadline},
          watch_{std::move(watch)},
          network_{std::move(network)} {}

    VifRequest request_;
    Clock::time_point deadline_;
    LinkWatch watch_;
    Network network_;
};

/// The same for one alone: waits for at most `limit`.
Result<VifReady> bring_up(Network& network, VifRequest request, std::chrono::milliseconds limit);

}  // namespace zeroth::hooks
