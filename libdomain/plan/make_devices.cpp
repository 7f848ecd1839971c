// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "libdomain/config/vdev.hpp"
#include "libdomain/plan/devices.hpp"
#include "libdomain/plan/place.hpp"

/// What of a config's devices can be settled, or refused, before anything is touched.
namespace zeroth::plan {
namespace {

constexpr const char* kDefaultBridge = "xenbr0";

/// A script that a device is to have: named by its entry, or one whose work we know how to do.
struct Script {
    std::string path;
    bool named = false, ours = false;
};

/// Whoever names a script, or has changed the host's own, has it run; else we do what it would.
Result<Hotplug> settle_script(const Place& at, const Script& script, const DeviceFacts& host) {
    const auto found = host.scripts.find(script.path);
    const auto file = found == host.scripts.end() ? ScriptFile::kMissing : found->second;
    if (file == ScriptFile::kForeign || (script.named && file == ScriptFile::kShipped))
        return Hotplug::kScript;
    if (script.ours) return Hotplug::kBuiltIn;
    return at.refuse(
        fmt::format("script={}: there is no such file that can be run", script.path),
        fmt::format("Without a slash in it, a script's name is that of a file in {}.", kScripts),
        ENOENT);
}

Result<Hotplug> settle_hotplug(const Place& at, DomainId backend, const Script& script,
                               const DeviceFacts& host) {
    return backend == kDomain0 ? settle_script(at, script, host) : Hotplug::kElsewhere;
}

std::string list_of(const std::vector<std::string>& names) {
    return names.empty() ? "This host has none yet: `ip link add br0 type bridge` makes one."
                         : fmt::format("Those that are there: {}.", fmt::join(names, ", "));
}

Result<> check_bridge(const Place& at, const config::Vif& vif, const Nic& nic,
                      const DeviceFacts& host) {
    if (std::ranges::find(host.bridges, nic.bridge) != host.bridges.end()) return {};
    const auto said = vif.bridge ? "" : ", which is meant where an entry names none";
    return at.refuse(fmt::format("there is no bridge {} on this host{}", nic.bridge, said),
                     list_of(host.bridges), ENODEV);
}

Result<> check_free(const Place& at, const config::Vif& vif, const DeviceFacts& host) {
    for (const auto& other : host.nics) {
        if (other.mac == *vif.mac)
            return at.refuse(fmt::format("the MAC address {} is that of interface {} of {}",
                                         *vif.mac, other.devid, other.owner),
                             "Leave `mac` out to have one made.", EEXIST);
        if (!vif.backend && vif.vifname && other.vifname == *vif.vifname)
            return at.refuse(fmt::format("vifname={}: interface {} of {} has this name already",
                                         *vif.vifname, other.devid, other.owner),
                             {}, EEXIST);
    }
    if (!vif.backend && vif.vifname && host.taken_names.contains(*vif.vifname))
        return at.refuse(
            fmt::format("vifname={}: there is an interface of that name already", *vif.vifname), {},
            EEXIST);
    return {};
}

Result<Device> make_vif(const Place& at, const config::Vif& vif, const DeviceFacts& host) {
    Device device;
    ZEROTH_TRY(device.backend, backend_of(at, vif.backend, host));
    device.kind = "vif";
    device.id = *vif.devid;
    device.script = script_path(vif);
    Nic nic;
    nic.mac = *vif.mac;
    nic.gatewaydev = vif.gatewaydev.value_or("");
    nic.vifname = vif.vifname.value_or("");
    nic.ip = vif.ip.value_or("");
    nic.mtu = vif.mtu.value_or(0);
    nic.bridge = vif.bridge.value_or(kDefaultBridge);
    const auto script = device.script.substr(device.script.rfind('/') + 1);
    if (script == "vif-route") nic.way = Nic::Way::kRoute;
    if (script == "vif-nat") nic.way = Nic::Way::kNat;
    const bool ours = device.script.starts_with(kScripts) &&
                      (script == "vif-bridge" || nic.way != Nic::Way::kBridge);
    ZEROTH_TRY(device.hotplug, settle_hotplug(at, device.backend,
                                              {device.script, vif.script.has_value(), ours}, host));
    if (device.hotplug == Hotplug::kBuiltIn && nic.way == Nic::Way::kBridge)
        ZEROTH_CHECK(check_bridge(at, vif, nic, host));
    ZEROTH_CHECK(check_free(at, vif, host));
    device.what = std::move(nic);
    device.nodes = vif_nodes(device, vif);
    return device;
}

/// What a disk needs that dom0's kernel cannot do by itself.
Result<> check_serving(const Place& at, const config::Disk& disk) {
    using enum config::DiskFormat;
    using enum config::DiskBackend;
    if (disk.virtio || disk.backendtype == kStandalone)
        return at.refuse(
            "a virtio disk needs a program that serves it, and a virtual bus that guests do not "
            "get here yet",
            "Leave `specification` and `backendtype` out for one that Linux serves.", EOPNOTSUPP);
    if (disk.format != kRaw && disk.format != kEmpty)
        return at.refuse(
            fmt::format("format {} needs a device model, and there is none here",
                        config::word(disk.format)),
            "A raw image serves: `qemu-img convert -O raw` makes one. Or attach the image to dom0 "
            "with qemu-nbd, and give the guest /dev/nbdN.",
            EOPNOTSUPP);
    if (disk.backendtype == kTap || disk.backendtype == kQdisk)
        return at.refuse(fmt::format("backendtype={} needs a device model, and there is none here",
                                     disk.backendtype == kTap ? "tap" : "qdisk"),
                         "Leave it out: Linux itself serves files and block devices.", EOPNOTSUPP);
    return {};
}

Result<BlockDevice::Source> source_of(const Place& at, const config::Disk& disk,
                                      const DeviceFacts& host) {
    const auto found = host.targets.find(disk.target);
    const DiskTarget target = found == host.targets.end() ? DiskTarget{} : found->second;
    switch (target.kind) {
        case DiskTarget::Kind::kBlockDevice:
            return BlockDevice::Source::kBlockDevice;
        case DiskTarget::Kind::kFile:
            if (target.size >= 512) return BlockDevice::Source::kFile;
            return at.refuse(
                fmt::format("{} has {} bytes, less than a sector", disk.target, target.size));
        case DiskTarget::Kind::kOther:
            return at.refuse(
                fmt::format("{} is neither a block device nor a regular file", disk.target));
        case DiskTarget::Kind::kMissing:
            break;
    }
    return at.refuse(fmt::format("{}: {}", disk.target,
                                 target.trouble.empty() ? "it is not there" : target.trouble),
                     {}, ENOENT);
}

/// Whoever writes wants it alone: two file systems on one disk destroy it. Unless it is said that
/// this is not so; then nobody is asked, and those who only read may be there too.
Result<> check_sharing(const Place& at, const config::Disk& disk, const DeviceFacts& host) {
    const auto found = host.targets.find(disk.target);
    if (found == host.targets.end() || disk.shared) return {};
    for (const auto& other : host.disks) {
        if (other.identity != found->second.identity) continue;
        if (!disk.writable && (!other.writable || other.shared)) continue;
        return at.refuse(
            fmt::format("{} is {} of {}{}", disk.target, other.vdev, other.owner,
                        other.writable ? ", which writes to it" : "; only one that reads may too"),
            "If guests share it knowingly (a cluster's file system), give it the access `w!`.",
            EBUSY);
    }
    return {};
}

Result<Device> make_vbd(const Place& at, const config::Disk& disk, const DeviceFacts& host) {
    ZEROTH_CHECK(check_serving(at, disk));
    Device device;
    ZEROTH_TRY(device.backend, backend_of(at, disk.backend, host));
    device.kind = "vbd";
    device.id = config::vdev_number(disk.vdev).value_or(0);
    device.script = script_path(disk);
    const bool ours = device.script == fmt::format("{}/block", kScripts);
    ZEROTH_TRY(
        device.hotplug,
        settle_hotplug(at, device.backend, {device.script, disk.script.has_value(), ours}, host));
    BlockDevice block;
    block.target = disk.target;
    block.vdev = disk.vdev;
    block.writable = disk.writable;
    block.shared = disk.shared;
    block.direct_io_safe = disk.direct_io_safe;
    // What the target of somebody's own script is, only the script knows; and what another domain
    // has by that name, only that domain.
    if (!disk.target.empty() && !disk.script && device.backend == kDomain0) {
        ZEROTH_TRY(block.source, source_of(at, disk, host));
        ZEROTH_CHECK(check_sharing(at, disk, host));
    }
    device.what = std::move(block);
    device.nodes = vbd_nodes(device, disk);
    return device;
}

/// What two entries of one config may not have in common.
Result<> check_vifs(const std::vector<config::Vif>& vifs, const Guest& guest) {
    std::map<std::string, std::size_t> macs, names;
    std::map<std::uint32_t, std::size_t> ids;
    for (std::size_t i = 0; i < vifs.size(); ++i) {
        const Place at{"vif", i};
        if (const auto [other, fresh] = macs.emplace(*vifs[i].mac, i); !fresh)
            return at.refuse(fmt::format("the MAC address {} is that of vif[{}] already",
                                         *vifs[i].mac, other->second),
                             {}, EEXIST);
        if (const auto [other, fresh] = ids.emplace(*vifs[i].devid, i); !fresh)
            return at.refuse(
                fmt::format("devid={} is that of vif[{}] already", *vifs[i].devid, other->second),
                {}, EEXIST);
        if (std::ranges::find(guest.nics, *vifs[i].devid) != guest.nics.end())
            return at.refuse(
                fmt::format("\"{}\" has an interface {} already", guest.name, *vifs[i].devid), {},
                EEXIST);
        if (!vifs[i].vifname) continue;
        if (const auto [other, fresh] = names.emplace(*vifs[i].vifname, i); !fresh)
            return at.refuse(fmt::format("vifname={} is that of vif[{}] already", *vifs[i].vifname,
                                         other->second),
                             {}, EEXIST);
    }
    return {};
}

Result<> check_disks(const std::vector<config::Disk>& disks, const Guest& guest,
                     const DeviceFacts& host) {
    std::map<std::uint32_t, std::size_t> ids;
    DeviceFacts own;
    own.targets = host.targets;
    for (std::size_t i = 0; i < disks.size(); ++i) {
        const Place at{"disk", i};
        const auto& disk = disks[i];
        const auto id = config::vdev_number(disk.vdev).value_or(0);
        if (const auto [other, fresh] = ids.emplace(id, i); !fresh)
            return at.refuse(
                fmt::format("vdev={} is that of disk[{}] already", disk.vdev, other->second), {},
                EEXIST);
        if (std::ranges::find(guest.disks, id) != guest.disks.end())
            return at.refuse(fmt::format("\"{}\" has a disk {} already", guest.name, disk.vdev), {},
                             EEXIST);
        if (disk.backend) continue;
        ZEROTH_CHECK(check_sharing(at, disk, own));
        const auto target = host.targets.find(disk.target);
        if (target == host.targets.end() || target->second.identity.empty()) continue;
        own.disks.push_back(
            {target->second.identity, disk.vdev, "the same guest", disk.writable, disk.shared});
    }
    return {};
}

}  // namespace

Result<std::vector<Device>> make_devices(const config::DomainConfig& config, const Guest& guest,
                                         const DeviceFacts& host) {
    std::vector<Device> devices;
    const auto vifs = settled(config.vif, guest, host);
    ZEROTH_CHECK(check_disks(config.disk, guest, host));
    for (std::size_t i = 0; i < config.disk.size(); ++i) {
        ZEROTH_TRY(auto device, make_vbd({"disk", i}, config.disk[i], host));
        devices.push_back(std::move(device));
    }
    ZEROTH_CHECK(check_vifs(vifs, guest));
    for (std::size_t i = 0; i < vifs.size(); ++i) {
        ZEROTH_TRY(auto device, make_vif({"vif", i}, vifs[i], host));
        devices.push_back(std::move(device));
    }
    ZEROTH_TRY(auto served, make_served_devices(config, guest, host));
    std::ranges::move(served, std::back_inserter(devices));
    return devices;
}

}  // namespace zeroth::plan
