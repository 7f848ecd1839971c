// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "libdomain/console/rotation.hpp"

namespace zeroth::daemon::console {

/// Where the logs of all consoles are, and how much they may hold together.
class LogFolder {
public:
    LogFolder(std::string path, zeroth::console::LogLimits limits)
        : path_{std::move(path)}, limits_{limits} {}

    const std::string& path() const { return path_; }
    const zeroth::console::LogLimits& limits() const { return limits_; }
    void set_limits(const zeroth::console::LogLimits& limits) { limits_ = limits; }

    void make() const;
    /// A file that a console writes to is not removed.
    void begin_use(const std::string& name) { ++used_[name]; }
    void end_use(const std::string& name);
    /// Removes the oldest logs while there is more than the folder may hold. For each log that is
    /// begun: the folder is looked at when enough of them may have filled it since the last time.
    void prune();

private:
    std::string path_;
    zeroth::console::LogLimits limits_;
    std::map<std::string, unsigned> used_;
    std::uint64_t calls_left_ = 0;
};

}  // namespace zeroth::daemon::console
