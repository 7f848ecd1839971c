// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/result.hpp"
#include "core/unique_fd.hpp"

namespace zeroth::xenstored {

/// A Unix socket that listens at `path`, for its owner alone (mode 0600). A socket file that nobody
/// listens on any more is replaced; one in use, or a file of another kind, is an Error.
Result<UniqueFd> listen_at(const std::string& path);

}  // namespace zeroth::xenstored
