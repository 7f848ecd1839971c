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

/// The number that a node below backend/console names; none for the console itself, 0.
std::optional<std::uint32_t> channel_number(const std::string& name);
/// The same for a channel, whose ring its frontend has made once its state says so.
struct ChannelNodes {
    /// Empty where there is none.
    std::string frontend_state, backend_state;
    /// Empty for a pty.
    std::string socket_path;
    std::optional<Description> ring;
};
std::vector<std::string> channel_paths(const Key& key, const std::string& backend);
ChannelNodes describe_channel(const Key& key, const Uuid& uuid,
                              std::span<const std::optional<std::string>> values);

}  // namespace zeroth::daemon::console
