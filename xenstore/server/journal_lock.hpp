// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <string>
#include <utility>
#include <variant>

#include "core/result.hpp"
#include "core/unique_fd.hpp"

namespace zeroth::xenstored {

/// The right to write the journal at `path`: a lock on `<path>.lock` that ends with this object or
/// the process, however it ends. It is the process's own: a child that it forks does not have it,
/// and a second lock in the same process is not refused.
class JournalLock {
public:
    using Holder = pid_t;
    /// The lock, or the process that has it.
    static Result<std::variant<JournalLock, Holder>> take(std::string path);

    const std::string& path() const { return path_; }

private:
    JournalLock(std::string path, UniqueFd file) : path_{std::move(path)}, file_{std::move(file)} {}

    std::string path_;
    UniqueFd file_;
};

}  // namespace zeroth::xenstored
