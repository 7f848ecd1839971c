// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "hooks/network.hpp"

namespace zeroth::hooks {
namespace {

using netlink::Attributes;
using netlink::Request;

ifinfomsg header_of(LinkIndex link) {
    ifinfomsg header{};
    header.ifi_index = static_cast<int>(link.raw());
    return header;
}

Traffic traffic_of(nlattr* counters) {
    rtnl_link_stats64 kernel{};
    nla_memcpy(&kernel, counters, sizeof kernel);
    return {.received_bytes = kernel.rx_bytes,
            .received_packets = kernel.rx_packets,
            .received_errors = kernel.rx_errors,
            .received_dropped = kernel.rx_dropped,
            .sent_bytes = kernel.tx_bytes,
            .sent_packets = kernel.tx_packets,
            .sent_errors = kernel.tx_errors,
            .sent_dropped = kernel.tx_dropped};
}

Link decode(nlmsghdr* message) {
    ifinfomsg header{};
    std::memcpy(&header, nlmsg_data(message), sizeof header);
    const Attributes<IFLA_MAX> attributes{message, sizeof header};
    Link link;
    link.index = LinkIndex{static_cast<std::uint32_t>(header.ifi_index)};
    link.up = (header.ifi_flags & IFF_UP) != 0;
    if (nlattr* const name = attributes[IFLA_IFNAME]) link.name = nla_get_string(name);
    if (nlattr* const mtu = attributes[IFLA_MTU]) link.mtu = Mtu{nla_get_u32(mtu)};
    if (nlattr* const mac = attributes[IFLA_ADDRESS])
        nla_memcpy(link.mac.data(), mac, static_cast<int>(link.mac.size()));
    if (nlattr* const bridge = attributes[IFLA_MASTER])
        link.bridge = LinkIndex{nla_get_u32(bridge)};
    if (nlattr* const counters = attributes[IFLA_STATS64]) link.traffic = traffic_of(counters);
    if (nlattr* const info = attributes[IFLA_LINKINFO]) {
        const Attributes<IFLA_INFO_MAX> kinds{info};
        if (nlattr* const kind = kinds[IFLA_INFO_KIND]) link.kind = nla_get_string(kind);
    }
    return link;
}

void add_no_ipv6_address(Request& request) {
    nlattr* const families = nla_nest_start(request.get(), IFLA_AF_SPEC);
    nlattr* const ipv6 = nla_nest_start(request.get(), AF_INET6);
    nla_put_u8(request.get(), IFLA_INET6_ADDR_GEN_MODE, IN6_ADDR_GEN_MODE_NONE);
    nla_nest_end(request.get(), ipv6);
    nla_nest_end(request.get(), families);
}

}  // namespace

Result<Network> Network::open() {
    ZEROTH_TRY(auto socket, netlink::Socket::open());
    return Network{std::move(socket)};
}

Result<std::optional<Link>> Network::find(std::string_view name) {
    std::optional<Link> found;
    // The kernel calls a name that is too long a bad request; it is one that nothing can have.
    if (name.empty() || name.size() >= IFNAMSIZ) return found;
    Request request{RTM_GETLINK, 0, ifinfomsg{}};
    request.add(IFLA_IFNAME, std::string{name}).answered_at_once();
    auto asked = socket_.ask(request, [&](nlmsghdr* message) { found = decode(message); });
    if (!asked && !asked.error().is(ENODEV)) return fail(std::move(asked).error());
    return found;
}

Result<Link> Network::link(std::string_view name) {
    ZEROTH_TRY(auto found, find(name));
    if (!found)
        return fail(Error::message(ENODEV, fmt::format("there is no network interface {}", name)));
    return *std::move(found);
}

Result<> Network::rename(LinkIndex link, const std::string& name) {
    return socket_.ask(Request{RTM_SETLINK, 0, header_of(link)}.add(IFLA_IFNAME, name));
}

Result<> Network::set_mac(LinkIndex link, const MacAddress& mac) {
    return socket_.ask(
        Request{RTM_SETLINK, 0, header_of(link)}.add(IFLA_ADDRESS, mac.data(), mac.size()));
}

Result<> Network::set_mtu(LinkIndex link, Mtu mtu) {
    return socket_.ask(Request{RTM_SETLINK, 0, header_of(link)}.add(IFLA_MTU, mtu.raw()));
}

Result<> Network::set_power(LinkIndex link, Power power) {
    ifinfomsg header = header_of(link);
    header.ifi_change = IFF_UP;
    header.ifi_flags = power == Power::kUp ? IFF_UP : 0;
    return socket_.ask(Request{RTM_SETLINK, 0, header});
}

Result<> Network::set_bridge(LinkIndex link, std::optional<LinkIndex> bridge) {
    return socket_.ask(Request{RTM_SETLINK, 0, header_of(link)}.add(
        IFLA_MASTER, bridge ? bridge->raw() : std::uint32_t{0}));
}

Result<> Network::without_ipv6_address(LinkIndex link) {
    Request request{RTM_SETLINK, 0, header_of(link)};
    add_no_ipv6_address(request);
    return socket_.ask(request);
}

Result<> Network::make_port(LinkIndex link, const PortSettings& settings) {
    ifinfomsg header = header_of(link);
    header.ifi_change = header.ifi_flags = IFF_UP;
    Request request{RTM_SETLINK, 0, header};
    if (settings.name) request.add(IFLA_IFNAME, *settings.name);
    if (settings.mac) request.add(IFLA_ADDRESS, settings.mac->data(), settings.mac->size());
    if (settings.mtu) request.add(IFLA_MTU, settings.mtu->raw());
    request.add(IFLA_MASTER, settings.bridge.raw());
    add_no_ipv6_address(request);
    return socket_.ask(request);
}

}  // namespace zeroth::hooks
