// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace zeroth::console {

/// How large a console's log may become, and how many there are of it: `guest-g1.log`, which is
/// written to, `guest-g1.log.1`, the one before, and so on.
struct LogLimits {
    std::uint64_t size = 4U << 20;
    unsigned files = 4;
    /// Of all logs in the folder, those of domains that are no more included.
    std::uint64_t folder = 256U << 20;
};

std::string rotated_name(const std::string& path, unsigned age);

struct Move {
    std::string from, to;
};
/// What makes room for a new log at `path`: the oldest is replaced by the one after it. One that is
/// not there is no error. With a single file there is nothing to move: it starts over.
std::vector<Move> plan_rotation(const std::string& path, unsigned files);

/// A file in the folder of logs.
struct LogFile {
    std::string name;
    std::uint64_t size = 0;
    std::int64_t modified = 0;
    /// A console writes to it.
    bool in_use = false;
};
/// Which to remove, the oldest first, so that those left are no larger than `limit` together; the
/// ones in use stay.
std::vector<std::string> surplus(std::vector<LogFile> files, std::uint64_t limit);

}  // namespace zeroth::console
