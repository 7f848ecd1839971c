// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "libdomain/config/report.hpp"
#include "libdomain/config/value.hpp"

namespace zeroth::config {

/// One entry of `channel`: a stream of bytes between the guest and dom0 that is no console.
struct Channel {
    /// How the guest finds it, such as "org.qemu.guest_agent.0".
    std::string name;
    enum class Connection { kPty, kSocket } connection = Connection::kPty;
    /// Of the socket.
    std::string path;
};

/// nullopt where it was refused.
std::optional<Channel> read_channel(const Value& value, Report& report);

/// The same of an entry that was read before and kept as text.
std::optional<Channel> channel_of(const std::string& text);

}  // namespace zeroth::config
