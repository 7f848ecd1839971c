// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/unique_fd.hpp"
#include "xl/output.hpp"

namespace zeroth::xl {

/// How a relay came to its end.
enum class RelayEnd { kEscape, kHangup, kSignal };

/// The two ends of a relay.
struct RelayEnds {
    int input;
    Output& out;
    /// For what is said beside the console's own bytes.
    Output& err;
    /// A pty, or a connection to xld.
    int console;
    char escape;
    /// What the console's side carries: bytes as they are, or the frames of libdomain/console.
    enum class Form { kRaw, kFrames } form = Form::kRaw;
    /// Read from it already.
    std::string first = {};
    /// To be sent to it before anything that is typed.
    std::string greeting = {};
};

/// Carries bytes between a user and a console until the escape character is typed, the console
/// hangs up or a signal asks for the end. A terminal at `input` is raw meanwhile and is always put
/// back. When the input ends, output is still carried: `xl console g1 </dev/null` shows all there
/// is to see, and `echo command | xl console g1` what came of the command. `received` counts the
/// console's own bytes.
Result<RelayEnd> relay(RelayEnds ends, std::uint64_t& received);

/// The signal that ended a relay, sent again to do what it does to any program.
void repeat_last_signal();

/// `^X` or one character; nullopt for anything else.
std::optional<char> parse_escape(std::string_view text);

/// Takes the one place at a domain's console; held until the file is closed.
Result<UniqueFd> lock_console(const std::string& folder, std::uint32_t domid);

}  // namespace zeroth::xl
