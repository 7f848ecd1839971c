// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "core/strong.hpp"
#include "hooks/ip_prefix.hpp"
#include "hooks/netlink.hpp"

namespace zeroth::hooks {

using LinkIndex = Strong<struct LinkIndexTag, std::uint32_t>;
using Mtu = Strong<struct MtuTag, std::uint32_t>;
using RouteMetric = Strong<struct RouteMetricTag, std::uint32_t>;
using MacAddress = std::array<std::uint8_t, 6>;

/// What went through an interface, as dom0 counts it: what a guest sends, its backend receives.
struct Traffic {
    std::uint64_t received_bytes = 0, received_packets = 0, received_errors = 0,
                  received_dropped = 0, sent_bytes = 0, sent_packets = 0, sent_errors = 0,
                  sent_dropped = 0;
};

/// A network interface as it is now.
struct Link {
    LinkIndex index;
    std::string name;
    /// "bridge", "veth" …; empty for those of no particular kind, netback's among them.
    std::string kind;
    Mtu mtu;
    MacAddress mac{};
    bool up = false;
    /// The bridge that it is a port of.
    std::optional<LinkIndex> bridge;
    Traffic traffic;

    bool is_bridge() const { return kind == "bridge"; }
};

enum class Power { kDown, kUp };

/// What makes an interface a bridge's port; what is not given stays as it is.
struct PortSettings {
    std::optional<std::string> name;
    std::optional<MacAddress> mac;
    std::optional<Mtu> mtu;
    LinkIndex bridge;
};

/// The kernel's network interfaces, of the network namespace that this thread was in when it was
/// opened. For one thread at a time; opening one is cheap.
class Network {
public:
    static Result<Network> open();

    /// Nothing if there is none of that name.
    Result<std::optional<Link>> find(std::string_view name);
    /// An error that names it if there is none (its code is ENODEV).
    Result<Link> link(std::string_view name);

    /// A new name; the interface must be down.
    Result<> rename(LinkIndex link, const std::string& name);
    Result<> set_mac(LinkIndex link, const MacAddress& mac);
    Result<> set_mtu(LinkIndex link, Mtu mtu);
    Result<> set_power(LinkIndex link, Power power);
    /// Has it join that bridge, or leave the one it is in.
    Result<> set_bridge(LinkIndex link, std::optional<LinkIndex> bridge);
    /// Makes no IPv6 address of its own when it comes up. (Kernels without IPv6 refuse.)
    Result<> without_ipv6_address(LinkIndex link);
    /// All of that at once, and up, of an interface that is down. Where the kernel refuses, some of
    /// it may have been done; what it was, it does not say.
    Result<> make_port(LinkIndex link, const PortSettings& settings);

    Result<std::vector<IpPrefix>> addresses(LinkIndex link);
    Result<> add_address(LinkIndex link, const IpPrefix& address);
    Result<> remove_address(LinkIndex link, const IpPrefix& address);
    /// What goes to `to` goes out through `link`, and comes from the address `from` if dom0 sends
    /// it.
    Result<> add_route(LinkIndex link, const IpPrefix& to, const std::optional<IpPrefix>& from,
                       RouteMetric metric);

private:
    explicit Network(netlink::Socket socket) : socket_{std::move(socket)} {}

    netlink::Socket socket_;
};

}  // namespace zeroth::hooks
