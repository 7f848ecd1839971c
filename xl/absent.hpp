// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace zeroth::xl {

/// A command that the reference has, of any architecture and release, and zeroth has not.
struct AbsentCommand {
    std::string_view name;
    /// A sentence for who typed it.
    std::string_view why;
};

std::span<const AbsentCommand> absent_commands();

}  // namespace zeroth::xl
