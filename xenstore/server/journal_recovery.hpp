// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "core/result.hpp"
#include "core/uuid.hpp"
#include "xenstore/server/journal_file.hpp"

namespace zeroth::xenstored {

/// Where a journal goes that cannot be used, or not all of it; the last such.
std::string path_aside(const std::string& journal);

/// The journal at this path, or a new one, to go on behind its last record. What cannot be trusted
/// is set aside, and said.
Result<JournalFile> recover(const std::string& path, const Uuid& boot);

/// Ends the journal at `end`, for `reason`: sets the file aside as it is, and goes on in a copy.
Result<JournalFile> cut(const std::string& path, const Uuid& boot, std::uint64_t end,
                        const Error& reason);

}  // namespace zeroth::xenstored
