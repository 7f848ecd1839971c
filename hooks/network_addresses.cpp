// SPDX-License-Identifier: Apache-2.0
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <cstring>

#include "hooks/network.hpp"

namespace zeroth::hooks {
namespace {

using netlink::Attributes;
using netlink::Request;

Request address_request(int type, int flags, LinkIndex link, const IpPrefix& address) {
    ifaddrmsg header{};
    header.ifa_family = static_cast<std::uint8_t>(address.family());
    header.ifa_prefixlen = address.length();
    header.ifa_index = link.raw();
    Request request{type, flags, header};
    request.add(IFA_LOCAL, address.bytes(), address.byte_count());
    request.add(IFA_ADDRESS, address.bytes(), address.byte_count());
    return request;
}

Request new_route(LinkIndex link, const IpPrefix& to, RouteMetric metric) {
    rtmsg header{};
    header.rtm_family = static_cast<std::uint8_t>(to.family());
    header.rtm_dst_len = to.length();
    header.rtm_table = RT_TABLE_MAIN;
    header.rtm_protocol = RTPROT_BOOT;
    header.rtm_scope = to.is_v4() ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
    header.rtm_type = RTN_UNICAST;
    Request request{RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, header};
    request.add(RTA_DST, to.bytes(), to.byte_count());
    request.add(RTA_OIF, link.raw());
    request.add(RTA_PRIORITY, metric.raw());
    return request;
}

}  // namespace

Result<std::vector<IpPrefix>> Network::addresses(LinkIndex link) {
    std::vector<IpPrefix> found;
    ZEROTH_CHECK(socket_.ask(Request{RTM_GETADDR, NLM_F_DUMP, ifaddrmsg{}}, [&](nlmsghdr* message) {
        ifaddrmsg header{};
        std::memcpy(&header, nlmsg_data(message), sizeof header);
        const Attributes<IFA_MAX> attributes{message, sizeof header};
        // The peer's address is IFA_ADDRESS; without a peer, IPv6 has its own there and no
        // IFA_LOCAL.
        nlattr* const own = attributes[IFA_LOCAL] ? attributes[IFA_LOCAL] : attributes[IFA_ADDRESS];
        if (header.ifa_index != link.raw() || own == nullptr) return;
        const auto size = static_cast<std::size_t>(nla_len(own));
        if (auto address = IpPrefix::from_bytes(nla_data(own), size, header.ifa_prefixlen))
            found.push_back(*address);
    }));
    return found;
}

Result<> Network::add_address(LinkIndex link, const IpPrefix& address) {
    return socket_.ask(address_request(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, link, address));
}

Result<> Network::remove_address(LinkIndex link, const IpPrefix& address) {
    return socket_.ask(address_request(RTM_DELADDR, 0, link, address));
}

Result<> Network::add_route(LinkIndex link, const IpPrefix& to, const std::optional<IpPrefix>& from,
                            RouteMetric metric) {
    Request request = new_route(link, to, metric);
    if (from && from->family() == to.family())
        request.add(RTA_PREFSRC, from->bytes(), from->byte_count());
    return socket_.ask(request);
}

}  // namespace zeroth::hooks
