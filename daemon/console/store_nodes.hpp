// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "daemon/console/hub.hpp"

/// What XenStore says of a domain's consoles, as text and as values; no I/O.
namespace zeroth::daemon::console {

/// "/local/domain/3/console": where the nodes of a console are.
std::string folder_of(const Key& key);

/// What to read of a domain, and what the values say (in the same order): the consoles that wait
/// to be served. Those of a device model (type "ioemu") are none of ours.
std::vector<std::string> paths_to_read(DomainId domain);
std::vector<Description> describe(DomainId domain,
                                  std::span<const std::optional<std::string>> values);

}  // namespace zeroth::daemon::console
