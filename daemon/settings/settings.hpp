// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "core/log.hpp"

namespace zeroth::daemon {

/// Guests' consoles; sizes in bytes.
struct ConsoleSettings {
    std::string log_dir = "/var/log/xen/console";
    /// Of one log; how many of a console, the current one included; of all in the folder.
    std::uint64_t log_size = 4U << 20;
    unsigned log_files = 4;
    std::uint64_t log_total = 256U << 20;
    /// A second in the long run, and at once after a rest: what is more waits in the guest's ring.
    std::uint64_t rate = 1U << 20, burst = 4U << 20;
};

/// What xld can be told, by /etc/xen/xld.toml or its command line. A new one needs a member with
/// its default here, a row in table.cpp, and a paragraph in xld.toml(5).
struct Settings {
    std::string socket = "/run/zeroth/xld.sock";
    /// Whose members may read; empty for nobody's.
    std::string group;
    /// A loopback address where /metrics is served as well; empty for none.
    std::string metrics_listen;
    std::string hypervisor = "xen";
    /// xld's notes beside Xen and XenStore: creates under way, domains, events.
    std::string state_dir = "/run/zeroth";
    /// The reference's place for a domain's config.
    std::string userdata_dir = "/var/lib/xen";
    /// Where on_crash="coredump-..." puts what it dumps, by the domain's name.
    std::string dump_dir = "/var/lib/xen/dump";
    ConsoleSettings console;
    log::Level log_level = log::Level::kInfo;
};

}  // namespace zeroth::daemon
