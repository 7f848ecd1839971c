// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "xl/command.hpp"

namespace zeroth::xl {

/// Which of a domain's consoles, and how to leave it.
struct ConsoleChoice {
    std::string type = "pv";
    std::uint32_t number = 0;
    char escape = 0x1D;  // ^]
    /// Who else types there does not any more.
    bool force = false;
};

/// Relays between the user and the console until either ends it: by a stream of xld's, which is
/// found again when xld is restarted, or by the pty of whoever else serves the console.
Result<int> attach_console(Context& context, std::string_view domain, const ConsoleChoice& choice);

}  // namespace zeroth::xl
