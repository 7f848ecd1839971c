// SPDX-License-Identifier: Apache-2.0
#include "libdomain/plan/devices.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace zeroth::plan {
namespace {

std::string in_folder(const std::string& script) {
    return script.starts_with('/') ? script : fmt::format("{}/{}", kScripts, script);
}

/// 64-bit FNV-1a: no more is needed of it than that other domains get other addresses.
std::uint64_t hash(const Uuid& uuid, std::uint32_t number) {
    std::uint64_t value = 0xCBF29CE484222325;
    const auto eat = [&value](std::uint8_t byte) { value = (value ^ byte) * 0x100000001B3; };
    for (const auto byte : uuid.bytes) eat(byte);
    for (unsigned shift = 0; shift < 32; shift += 8)
        eat(static_cast<std::uint8_t>(number >> shift & 0xFF));
    return value ^ value >> 32;
}

}  // namespace

std::string script_path(const config::Vif& vif) {
    return in_folder(vif.script.value_or("vif-bridge"));
}

std::string script_path(const config::Disk& disk) {
    return in_folder(disk.script.value_or("block"));
}

std::string generated_mac(const Uuid& uuid, std::uint32_t devid) {
    const auto value = hash(uuid, devid);
    return fmt::format("00:16:3e:{:02x}:{:02x}:{:02x}", value >> 16 & 0x7F, value >> 8 & 0xFF,
                       value & 0xFF);
}

std::vector<config::Vif> settled(const std::vector<config::Vif>& vifs, const Guest& guest,
                                 const DeviceFacts& host) {
    auto out = vifs;
    std::set<std::uint32_t> ids{guest.nics.begin(), guest.nics.end()};
    std::set<std::string> macs;
    for (const auto& nic : host.nics) macs.insert(nic.mac);
    for (const auto& vif : vifs) {
        if (vif.devid) ids.insert(*vif.devid);
        if (vif.mac) macs.insert(*vif.mac);
    }
    std::uint32_t next = 0;
    for (auto& vif : out) {
        while (!vif.devid) {
            if (ids.insert(next).second) vif.devid = next;
            ++next;
        }
        // The salt is for two domains whose UUIDs happen to give the same three bytes.
        constexpr std::uint32_t kSalt = 0x10000;
        for (std::uint32_t salt = 0; !vif.mac; salt += kSalt) {
            auto mac = generated_mac(guest.uuid, *vif.devid + salt);
            if (macs.insert(mac).second) vif.mac = std::move(mac);
        }
    }
    return out;
}

std::string Device::title() const {
    if (const auto* block = std::get_if<BlockDevice>(&what))
        return fmt::format("{} {} ({})", kind, id, block->vdev);
    return fmt::format("{} {}", kind, id);
}

std::string describe(const Device& device) {
    std::string out;
    if (const auto* nic = std::get_if<Nic>(&device.what)) {
        out = fmt::format("network interface {}: {}", device.id, nic->mac);
        if (nic->way == Nic::Way::kBridge) out += ", on bridge " + nic->bridge;
        if (nic->way == Nic::Way::kRoute) out += ", routed";
        if (nic->way == Nic::Way::kNat) out += ", behind address translation";
        if (!nic->ip.empty()) out += ", for " + nic->ip;
    } else if (const auto* disk = std::get_if<BlockDevice>(&device.what)) {
        const auto& block = *disk;
        const char* made_of = block.source == BlockDevice::Source::kFile ? "file " : "";
        out = fmt::format("disk {}: {}{}{}", block.vdev, made_of,
                          block.target.empty() ? "empty" : block.target,
                          block.writable ? block.shared ? ", shared" : "" : ", read only");
    } else {
        out = fmt::format("device {} {}", device.kind, device.id);
    }
    if (device.hotplug == Hotplug::kScript) out += ", by " + device.script;
    if (device.hotplug == Hotplug::kElsewhere)
        out += fmt::format(", served by domain {}", device.backend.raw());
    return out;
}

}  // namespace zeroth::plan
