// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "libdomain/device/paths.hpp"
#include "libdomain/plan/devices.hpp"
#include "libdomain/plan/node_list.hpp"
#include "libdomain/plan/node_text.hpp"

/// Devices' nodes, with the reference's values and permissions (D.2).
namespace zeroth::plan {
namespace {

using Values = config::ServedDevice::Values;

/// Backend, frontend and the toolstack's record, which is a copy of the backend as it was at first.
std::vector<Node> nodes_of(const Device& device, const Values& frontend, const Values& read_only,
                           const Values& backend) {
    const auto front = device.frontend_path(), back = device.backend_path();
    const auto known_as = device::frontend_kind(device.kind);
    const auto record = fmt::format("{}/device/{}/{}", kToolstack, known_as, device.id);
    const Permissions host_owns{{'n', Who::kHost, device.backend}, {'r', Who::kGuest}};
    const Permissions guest_owns{{'n', Who::kGuest}, {'r', Who::kHost, device.backend}};
    NodeList nodes;
    // In another domain's folder that domain has to be able to look around, as all of it is.
    if (device.backend == kDomain0) nodes.add(back.substr(0, back.rfind('/')), "", kPrivate);
    nodes.add(back, "", host_owns);
    nodes.enter(back);
    nodes.put("frontend", front, host_owns);
    for (const auto& [key, value] : backend) nodes.put(key.c_str(), value, host_owns);

    nodes.add(front.substr(0, front.rfind('/')), "", kGuestReads);
    nodes.add(front, "", guest_owns);
    nodes.enter(front);
    nodes.put("backend", back, guest_owns);
    nodes.put("backend-id", fmt::to_string(device.backend.raw()), guest_owns);
    nodes.put("state", "1", guest_owns);
    for (const auto& [key, value] : frontend) nodes.put(key.c_str(), value, guest_owns);
    for (const auto& [key, value] : read_only) nodes.put(key.c_str(), value, host_owns);

    nodes.add(fmt::format("{}/device/{}", kToolstack, known_as), "", kPrivate);
    nodes.add(record, "", kPrivate);
    nodes.enter(record);
    nodes.put("frontend", front, kPrivate);
    nodes.put("backend", back, kPrivate);
    for (const auto& [key, value] : backend) nodes.put(key.c_str(), value, kPrivate);
    if (device.hotplug == Hotplug::kBuiltIn) nodes.put(kHotplugKey, "built-in", kPrivate);
    return nodes.take();
}

const char* flag(bool value) { return value ? "1" : "0"; }

/// Linux looks for a w in it, and the hook script of old for the rest.
const char* mode_of(const BlockDevice& block) {
    if (!block.writable) return "r";
    return block.shared ? "w!" : "w";
}

}  // namespace

std::string Device::frontend_path() const {
    return fmt::format("{}/device/{}/{}", kHome, device::frontend_kind(kind), id);
}

std::string Device::backend_path() const {
    return fmt::format("/local/domain/{}/backend/{}/{{domid}}/{}", backend.raw(), kind, id);
}

std::vector<Node> vif_nodes(const Device& device, const config::Vif& vif) {
    const auto& nic = std::get<Nic>(device.what);
    const auto handle = fmt::to_string(device.id);
    Values front{{"handle", handle}, {"mac", nic.mac}, {"trusted", flag(vif.trusted)}};
    Values back{{"frontend-id", "{domid}"}, {"online", "1"}, {"state", "1"}};
    const auto add = [&back](const char* key, const std::string& value) {
        if (!value.empty()) back.emplace_back(key, literal(value));
    };
    add("script", device.script);
    add("vifname", nic.vifname);
    add("mac", nic.mac);
    add("ip", nic.ip);
    add("gatewaydev", nic.gatewaydev);
    if (vif.rate)
        back.emplace_back("rate", fmt::format("{},{}", vif.rate->bytes, vif.rate->interval_us));
    constexpr std::uint32_t kEthernet = 1500;
    if (nic.mtu != 0 && nic.mtu != kEthernet) add("mtu", fmt::to_string(nic.mtu));
    add("vlan", vif.vlan.value_or(""));
    add("bridge", nic.bridge);
    back.emplace_back("handle", handle);
    back.emplace_back("type", "vif");
    back.emplace_back("hotplug-status", "");
    const auto mtu = fmt::to_string(nic.mtu == 0 ? kEthernet : nic.mtu);
    return nodes_of(device, front, {{"mtu", mtu}}, back);
}

std::vector<Node> vbd_nodes(const Device& device, const config::Disk& disk) {
    const auto& block = std::get<BlockDevice>(device.what);
    const char* type = disk.cdrom ? "cdrom" : "disk";
    const Values front{{"virtual-device", fmt::to_string(device.id)},
                       {"device-type", type},
                       {"trusted", flag(disk.trusted)}};
    Values back{{"params", literal(block.target)},
                {"script", literal(device.script)},
                {"frontend-id", "{domid}"},
                {"online", "1"},
                {"removable", flag(disk.removable)},
                {"bootable", "1"},
                {"state", "1"},
                {"dev", literal(block.vdev)},
                {"type", "phy"},
                {"mode", mode_of(block)},
                {"device-type", type}};
    if (disk.direct_io_safe) back.emplace_back("direct-io-safe", "1");
    back.emplace_back("discard-enable", flag(disk.discard && disk.writable));
    back.emplace_back("specification", "xen");
    return nodes_of(device, front, {}, back);
}

std::vector<Node> served_nodes(const Device& device, const config::ServedDevice& served) {
    Values back{{"frontend-id", "{domid}"}, {"online", "1"}, {"state", "1"}};
    const auto add = [](Values& to, const Values& from) {
        for (const auto& [key, value] : from) to.emplace_back(key, literal(value));
    };
    Values front, read_only;
    add(front, served.front);
    add(read_only, served.read_only);
    add(back, served.back);
    return nodes_of(device, front, read_only, back);
}

}  // namespace zeroth::plan
