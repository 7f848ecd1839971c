// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "libdomain/plan/devices.hpp"
#include "libdomain/plan/node_list.hpp"
#include "libdomain/plan/node_text.hpp"

/// Devices' nodes, with the reference's values and permissions (D.2).
namespace zeroth::plan {
namespace {

using Values = std::vector<std::pair<const char*, std::string>>;

/// Backend, frontend and the toolstack's record, which is a copy of the backend as it was at first.
std::vector<Node> nodes_of(const Device& device, const Values& frontend, const Values& read_only,
                           const Values& backend) {
    const auto front = device.frontend_path(), back = device.backend_path();
    const auto record = fmt::format("{}/device/{}/{}", kToolstack, device.kind, device.id);
    NodeList nodes;
    nodes.add(back.substr(0, back.rfind('/')), "", kPrivate);
    nodes.add(back, "", kGuestReads);
    nodes.enter(back);
    nodes.put("frontend", front, kGuestReads);
    for (const auto& [key, value] : backend) nodes.put(key, value, kGuestReads);

    nodes.add(front.substr(0, front.rfind('/')), "", kGuestReads);
    nodes.add(front, "", kGuestOwnsHostReads);
    nodes.enter(front);
    nodes.put("backend", back, kGuestOwnsHostReads);
    nodes.put("backend-id", fmt::to_string(device.backend.raw()), kGuestOwnsHostReads);
    nodes.put("state", "1", kGuestOwnsHostReads);
    for (const auto& [key, value] : frontend) nodes.put(key, value, kGuestOwnsHostReads);
    for (const auto& [key, value] : read_only) nodes.put(key, value, kGuestReads);

    nodes.add(fmt::format("{}/device/{}", kToolstack, device.kind), "", kPrivate);
    nodes.add(record, "", kPrivate);
    nodes.enter(record);
    nodes.put("frontend", front, kPrivate);
    nodes.put("backend", back, kPrivate);
    for (const auto& [key, value] : backend) nodes.put(key, value, kPrivate);
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
    return fmt::format("{}/device/{}/{}", kHome, kind, id);
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
    back.emplace_back("discard-enable", flag(disk.discard));
    back.emplace_back("specification", "xen");
    return nodes_of(device, front, {}, back);
}

}  // namespace zeroth::plan
