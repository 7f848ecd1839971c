// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "core/result.hpp"
#include "hooks/vif_hotplug.hpp"

namespace zeroth::hooks {

/// Why an interface is better set up by the script than by us, in a sentence; nothing if it is not.
/// The scripts also have the host's firewall let a guest's packets through (iptables), and tell its
/// DHCP server of the guest; netlink alone does neither. So where packets that dom0 hands on do
/// pass a filter, or there is such a server, the script it is.
std::optional<std::string> needs_script(VifMode mode);

/// Whether any filter (nf_tables, or iptables of either kind) looks at packets that are handed on.
Result<bool> forwarding_is_filtered();

}  // namespace zeroth::hooks
