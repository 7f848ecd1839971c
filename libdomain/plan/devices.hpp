// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "core/uuid.hpp"
#include "libdomain/config/domain_config.hpp"
#include "libdomain/config/served_device.hpp"
#include "libdomain/plan/device.hpp"
#include "libdomain/plan/host_info.hpp"

namespace zeroth::plan {

/// The folder of the host's hook scripts.
inline constexpr const char* kScripts = "/etc/xen/scripts";

/// A key of the toolstack's record: how the hotplug of a device was done, where xld did it itself.
inline constexpr const char* kHotplugKey = "xld-hotplug";

/// Where the script lies that a config calls so, and the one that is meant where it names none.
std::string script_path(const config::Vif& vif);
std::string script_path(const config::Disk& disk);

/// A MAC of Xen's prefix that is the same each time for the same domain and interface.
std::string generated_mac(const Uuid& uuid, std::uint32_t devid);

/// The domain that devices are for: its own devices are not to get in each other's way.
struct Guest {
    std::string name;
    Uuid uuid;
    /// Device numbers and disks that it has already.
    std::vector<std::uint32_t> nics, disks;
    /// Of what programs serve, the next number of each list (`vkb`).
    std::map<std::string, std::uint32_t> next = {};
};

/// Pure, as make_plan: what is wrong with one entry, or with two of them together, is an Error that
/// begins with the entry ("vif[0]").
Result<std::vector<Device>> make_devices(const config::DomainConfig& config, const Guest& guest,
                                         const DeviceFacts& host);

/// The same of what programs serve (`vkb`, `p9` …): part of make_devices.
Result<std::vector<Device>> make_served_devices(const config::DomainConfig& config,
                                                const Guest& guest, const DeviceFacts& host);

/// The config's interfaces, each with the number and the MAC that it will have.
std::vector<config::Vif> settled(const std::vector<config::Vif>& vifs, const Guest& guest,
                                 const DeviceFacts& host);

/// All nodes of a device whose other members are set.
std::vector<Node> vif_nodes(const Device& device, const config::Vif& vif);
std::vector<Node> vbd_nodes(const Device& device, const config::Disk& disk);
std::vector<Node> served_nodes(const Device& device, const config::ServedDevice& served);

/// "network interface 0: 00:16:3e:01:02:03, on bridge br0".
std::string describe(const Device& device);

}  // namespace zeroth::plan
