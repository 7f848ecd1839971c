// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/result.hpp"
#include "core/unique_fd.hpp"

namespace zeroth::daemon {

/// One xld at a time works in a state folder. The kernel lets go of the lock when its holder ends,
/// however it does.
class StateLock {
public:
    /// EADDRINUSE: another xld has it, and goes on to have it for a little. Where the folder cannot
    /// be written to, there is no lock, and the log says so.
    static Result<StateLock> take(const std::string& folder);

private:
    explicit StateLock(UniqueFd file) : file_{std::move(file)} {}

    UniqueFd file_;
};

}  // namespace zeroth::daemon
