// SPDX-License-Identifier: Apache-2.0
#include "libdomain/config/domain_config.hpp"

#include <tuple>

namespace zeroth::config {
namespace {

auto all_of(const Vif& v) {
    return std::tie(v.mac, v.bridge, v.gatewaydev, v.vifname, v.script, v.ip, v.model, v.backend,
                    v.devid, v.mtu, v.rate, v.vlan, v.trusted);
}

auto all_of(const Disk& d) {
    return std::tie(d.target, d.vdev, d.format, d.backendtype, d.writable, d.cdrom, d.removable,
                    d.direct_io_safe, d.trusted, d.discard, d.virtio, d.shared, d.script, d.backend,
                    d.grant_usage);
}

}  // namespace

bool operator==(const Vif& a, const Vif& b) { return all_of(a) == all_of(b); }
bool operator==(const Disk& a, const Disk& b) { return all_of(a) == all_of(b); }

const char* word(Action action) {
    switch (action) {
        case Action::kDestroy:
            return "destroy";
        case Action::kRestart:
            return "restart";
        case Action::kRenameRestart:
            return "rename-restart";
        case Action::kPreserve:
            return "preserve";
        case Action::kCoredumpDestroy:
            return "coredump-destroy";
        case Action::kCoredumpRestart:
            return "coredump-restart";
        case Action::kSoftReset:
            return "soft-reset";
    }
    return "destroy";
}

}  // namespace zeroth::config
