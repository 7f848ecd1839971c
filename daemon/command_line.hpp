// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <variant>

#include "daemon/settings/load.hpp"

namespace zeroth::daemon {

/// What stood on xld's command line.
struct CommandLine {
    SettingSources settings;
    enum class Act { kServe, kCheckConfig };
    Act act = Act::kServe;
    enum class Place { kForeground, kBackground };
    Place place = Place::kForeground;
    std::string pid_file;
    /// Where a process in the background writes its log.
    std::string log_file = "/var/log/xen/xld.log";
};

/// The command line, or the status to end with: help was asked for, or it was not understood.
std::variant<CommandLine, int> parse_command_line(int argc, char** argv);

}  // namespace zeroth::daemon
