// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/result.hpp"
#include "xenstore/server/journal_lock.hpp"

namespace zeroth::xenstored {

/// As many file descriptors as may be; as root, also the last to be chosen when memory runs out.
void raise_limits();

/// The journal's lock. Where another xenstored has it, `replace` asks that one to go first.
enum class Takeover { kRefuse, kReplace };
Result<JournalLock> own_journal(const std::string& path, Takeover takeover);

}  // namespace zeroth::xenstored
