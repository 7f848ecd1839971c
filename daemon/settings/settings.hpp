// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/log.hpp"

namespace zeroth::daemon {

/// What xld can be told, by /etc/xen/xld.toml or its command line. A new one needs a member with
/// its default here, a row in table.cpp, and a paragraph in xld.toml(5).
struct Settings {
    std::string socket = "/run/zeroth/xld.sock";
    /// Whose members may read; empty for nobody's.
    std::string group;
    std::string hypervisor = "xen";
    /// xld's notes beside Xen and XenStore: creates under way, domains, events.
    std::string state_dir = "/run/zeroth";
    /// The reference's place for a domain's config.
    std::string userdata_dir = "/var/lib/xen";
    log::Level log_level = log::Level::kInfo;
};

}  // namespace zeroth::daemon
