// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <net/if.h>

#include <algorithm>
#include <cctype>

#include "hooks/vif_steps.hpp"

namespace zeroth::hooks {
namespace {

constexpr RouteMetric kRouteMetric{2};
constexpr RouteMetric kNoMetric{0};

/// The address that dom0 has on the interface towards others.
Result<IpPrefix> gateway_address(Network& network, const VifRequest& request) {
    const std::string gateway = request.gatewaydev.value_or("eth0");
    auto link = network.link(gateway);
    if (!link)
        return fail(std::move(link)
                        .error()
                        .within("gatewaydev")
                        .with_hint("say `gatewaydev=` and the interface whose address the guest's "
                                   "routes are to have"));
    ZEROTH_TRY(const auto addresses, network.addresses(link->index));
    const auto found = std::ranges::find_if(addresses, &IpPrefix::is_v4);
    if (found != addresses.end()) return found->host();
    return fail(
        Error::message(EADDRNOTAVAIL, fmt::format("gatewaydev: {} has no IPv4 address", gateway)));
}

IpPrefix with_last_byte(const IpPrefix& address, unsigned last) {
    std::array<std::uint8_t, 4> bytes{};
    std::copy_n(address.bytes(), bytes.size(), bytes.begin());
    bytes[3] = static_cast<std::uint8_t>(last);
    return *IpPrefix::from_bytes(bytes.data(), bytes.size(), 32);
}

/// 10.<domid, high byte>.<low byte>.<device, from 1>
IpPrefix nat_address(const VifRequest& request) {
    const unsigned domain = request.domain.raw();
    const std::array<std::uint8_t, 4> bytes{10, static_cast<std::uint8_t>(domain / 256),
                                            static_cast<std::uint8_t>(domain % 256), 0};
    return with_last_byte(*IpPrefix::from_bytes(bytes.data(), bytes.size(), 32), request.devid + 1);
}

Result<Routing> nat_routing(const VifRequest& request) {
    const IpPrefix guest =
        request.addresses.empty() ? nat_address(request) : request.addresses.front().host();
    if (!guest.is_v4())
        return fail(
            fmt::format("vif-nat is for IPv4, and the guest's address is {}", guest.text()));
    const unsigned last = guest.bytes()[3] + 127U;
    if (last > 254)
        return fail(fmt::format(
            "vif-nat gives dom0 the guest's address plus 127, and {} leaves no room for that: "
            "its last number must be below 128",
            guest.text()));
    return Routing{.guest = {guest}, .own = with_last_byte(guest, last), .metric = kNoMetric};
}

Result<> check_name(Network& network, const std::string& name) {
    const bool odd = std::ranges::any_of(name, [](char c) {
        return c == '/' || c == ':' || std::isspace(static_cast<unsigned char>(c)) != 0;
    });
    if (name.empty() || name.size() >= IFNAMSIZ || odd || name == "." || name == "..")
        return fail(Error::message(
            EINVAL, fmt::format("vifname: \"{}\" is no name for a network interface: 1 to {} "
                                "characters, without blanks, '/' and ':'",
                                name, IFNAMSIZ - 1)));
    ZEROTH_TRY(const auto taken, network.find(name));
    if (!taken) return {};
    return fail(Error::message(
        EEXIST, fmt::format("vifname: an interface with the name {} is there already", name)));
}

Result<std::vector<std::string>> check_bridge(Network& network, const VifRequest& request) {
    ZEROTH_TRY(const auto bridge, network.find(request.bridge));
    if (!bridge)
        return fail(
            Error::message(ENODEV, fmt::format("there is no bridge {}", request.bridge))
                .with_hint(fmt::format("`ip link add {} type bridge` makes one", request.bridge)));
    if (!bridge->is_bridge())
        return fail(Error::message(
            ENODEV, fmt::format("{} is a network interface, but no bridge", request.bridge)));
    std::vector<std::string> odd;
    if (request.mtu && *request.mtu != bridge->mtu)
        odd.push_back(fmt::format("the MTU asked for, {}, is not that of the bridge {}, {}",
                                  request.mtu->raw(), request.bridge, bridge->mtu.raw()));
    if (!bridge->up) odd.push_back(fmt::format("the bridge {} is down", request.bridge));
    return odd;
}

}  // namespace

Result<Routing> routing_of(Network& network, const VifRequest& request) {
    if (request.mode == VifMode::kNat) return nat_routing(request);
    ZEROTH_TRY(const IpPrefix own, gateway_address(network, request));
    return Routing{.guest = request.addresses, .own = own, .metric = kRouteMetric};
}

Result<std::vector<std::string>> check(Network& network, const VifRequest& request) {
    if (request.vifname) ZEROTH_CHECK(check_name(network, *request.vifname));
    if (request.mode == VifMode::kBridge) return check_bridge(network, request);
    ZEROTH_CHECK(routing_of(network, request));
    return {};
}

}  // namespace zeroth::hooks
