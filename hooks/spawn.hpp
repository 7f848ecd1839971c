// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include "core/result.hpp"
#include "hooks/script.hpp"

namespace zeroth::hooks {

/// Starts it as the leader of a session of its own, in "/", with nothing as its input, both outputs
/// to `output`, no other of our files, and no signal blocked or ignored. Safe among other threads.
Result<pid_t> spawn(const ScriptCall& call, int output);

}  // namespace zeroth::hooks
