// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "core/ids.hpp"
#include "libdomain/plan/node.hpp"

/// A guest's device before it exists.
namespace zeroth::plan {

/// A network interface, as dom0 sees its end.
struct Nic {
    enum class Way { kBridge, kRoute, kNat };
    Way way = Way::kBridge;
    std::string mac, bridge, gatewaydev, vifname;
    /// Addresses of the guest's end, as the config has them: separated by blanks.
    std::string ip;
    /// 0: the bridge's.
    std::uint32_t mtu = 0;
};

/// A disk, as dom0 sees its end.
struct BlockDevice {
    enum class Source { kNone, kBlockDevice, kFile };
    Source source = Source::kNone;
    /// What it is made of: a device or a file of dom0's.
    std::string target;
    /// "xvda".
    std::string vdev;
    bool writable = true, direct_io_safe = false;
    /// Though others use it too (`w!`).
    bool shared = false;
};

/// What a program serves: all that there is to it stands in its nodes.
struct Served {};

/// How what dom0 does for a device is done: connecting an interface, opening a disk.
enum class Hotplug {
    /// By xld itself.
    kBuiltIn,
    /// By the script that the config or the host names.
    kScript,
    /// In the domain where the backend is.
    kElsewhere,
};

struct Device {
    /// "vif", "vbd": what lies below backend/ in XenStore.
    std::string kind;
    std::uint32_t id = 0;
    DomainId backend = kDomain0;
    Hotplug hotplug = Hotplug::kBuiltIn;
    /// As XenStore has it, whoever does the work.
    std::string script;
    std::variant<Nic, BlockDevice, Served> what;
    /// Of frontend, backend and the toolstack's record, as in WriteNodes.
    std::vector<Node> nodes;

    /// "vif 0", "vbd 51712 (xvda)".
    std::string title() const;
    // Paths, with `{domid}` for the guest.
    std::string frontend_path() const;
    std::string backend_path() const;
};

}  // namespace zeroth::plan
