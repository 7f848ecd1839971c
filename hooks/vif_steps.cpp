// SPDX-License-Identifier: Apache-2.0
#include "hooks/vif_steps.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>

#include "core/unique_fd.hpp"

namespace zeroth::hooks {
namespace {

Result<> rename(Network& network, const VifRequest& request, const Link& made) {
    if (!request.vifname || made.name == *request.vifname) return {};
    auto renamed = network.rename(made.index, *request.vifname);
    if (renamed) return {};
    if (renamed.error().is(EEXIST))
        return fail(Error::message(
            EEXIST, fmt::format("cannot give {} the name {}: an interface of that name is there",
                                made.name, *request.vifname)));
    return fail(std::move(renamed).error().within(
        fmt::format("give {} the name {}", made.name, *request.vifname)));
}

Result<Mtu> set_mtu(Network& network, const std::string& interface, LinkIndex index, Mtu wanted,
                    Mtu current) {
    if (wanted == current) return wanted;
    if (auto set = network.set_mtu(index, wanted); !set)
        return fail(std::move(set).error().within(
            fmt::format("set the MTU of {} to {}", interface, wanted.raw())));
    return wanted;
}

/// In one request, as most of the time it takes is the way to the kernel and back. Nothing where
/// that is refused: one thing after the other tells which it was.
std::optional<VifReady> join_at_once(Network& network, const VifRequest& request, const Link& made,
                                     const Link& bridge) {
    PortSettings settings{.name = {}, .mac = {}, .mtu = {}, .bridge = bridge.index};
    const Mtu mtu = request.mtu.value_or(bridge.mtu);
    if (made.name != request.interface()) settings.name = request.interface();
    if (made.mac != kPortMac) settings.mac = kPortMac;
    if (made.mtu != mtu) settings.mtu = mtu;
    if (!network.make_port(made.index, settings)) return std::nullopt;
    return VifReady{.interface = request.interface(), .index = made.index, .mtu = mtu};
}

/// Whether it is as netback makes it.
bool is_fresh(const Link& made) { return !made.up && !made.bridge; }

Result<VifReady> join_bridge(Network& network, const VifRequest& request, const Link& made) {
    const std::string interface = request.interface();
    ZEROTH_TRY(const auto bridge, network.find(request.bridge));
    if (!bridge || !bridge->is_bridge())
        return fail(
            Error::message(ENODEV, fmt::format("cannot add {} to {}: there is no such bridge",
                                               interface, request.bridge)));
    if (auto set = network.set_mac(made.index, kPortMac); !set)
        return fail(std::move(set).error().within("set the address of " + interface));
    // Kernels without IPv6 need no such thing.
    [[maybe_unused]] const auto quiet = network.without_ipv6_address(made.index);
    ZEROTH_TRY(const Mtu mtu, set_mtu(network, interface, made.index,
                                      request.mtu.value_or(bridge->mtu), made.mtu));
    if (auto joined = network.set_bridge(made.index, bridge->index); !joined)
        return fail(std::move(joined).error().within(
            fmt::format("add {} to {}", interface, request.bridge)));
    return VifReady{.interface = interface, .index = made.index, .mtu = mtu};
}

/// dom0 answers ARP requests for the guest on its other networks, and for those on the guest's.
Result<> enable_proxy_arp(const std::string& interface) {
    const std::string path = "/proc/sys/net/ipv4/conf/" + interface + "/proxy_arp";
    const UniqueFd file{::open(path.c_str(), O_WRONLY | O_CLOEXEC)};
    if (!file || ::write(file.get(), "1\n", 2) != 2) return errno_error("write " + path);
    return {};
}

Result<> add_routes(Network& network, const VifRequest& request, const Link& made,
                    const Routing& routing) {
    const std::string interface = request.interface();
    if (routing.own) {
        auto added = network.add_address(made.index, *routing.own);
        if (!added && !added.error().is(EEXIST))
            return fail(std::move(added).error().within(
                fmt::format("give {} the address {}", interface, routing.own->text())));
    }
    for (const IpPrefix& guest : routing.guest)
        if (auto added = network.add_route(made.index, guest, routing.own, routing.metric); !added)
            return fail(std::move(added).error().within(
                fmt::format("route {} to {}", guest.text(), interface)));
    return {};
}

}  // namespace

Result<VifReady> configure(Network& network, const VifRequest& request, const Link& made) {
    const std::string interface = request.interface();
    if (request.mode == VifMode::kBridge && is_fresh(made)) {
        ZEROTH_TRY(const auto bridge, network.find(request.bridge));
        if (bridge && bridge->is_bridge())
            if (auto ready = join_at_once(network, request, made, *bridge)) return *ready;
    }
    if (made.up) ZEROTH_CHECK(network.set_power(made.index, Power::kDown));
    ZEROTH_CHECK(rename(network, request, made));
    VifReady ready{.interface = interface, .index = made.index, .mtu = made.mtu};
    if (request.mode == VifMode::kBridge) {
        ZEROTH_TRY(ready, join_bridge(network, request, made));
    } else if (request.mtu) {
        ZEROTH_TRY(ready.mtu, set_mtu(network, interface, made.index, *request.mtu, made.mtu));
    }
    if (auto up = network.set_power(made.index, Power::kUp); !up)
        return fail(std::move(up).error().within("bring up " + interface));
    if (request.mode == VifMode::kBridge) return ready;
    // Routes need an interface that is up.
    ZEROTH_TRY(const Routing routing, routing_of(network, request));
    ZEROTH_CHECK(enable_proxy_arp(interface));
    ZEROTH_CHECK(add_routes(network, request, made, routing));
    return ready;
}

Result<> unconfigure(Network& network, const VifRequest& request, const Link& link) {
    ZEROTH_CHECK(network.set_power(link.index, Power::kDown));  // with it go its routes
    if (request.mode == VifMode::kBridge) return network.set_bridge(link.index, std::nullopt);
    ZEROTH_TRY(const auto addresses, network.addresses(link.index));
    for (const IpPrefix& address : addresses)
        ZEROTH_CHECK(network.remove_address(link.index, address));
    return {};
}

}  // namespace zeroth::hooks
