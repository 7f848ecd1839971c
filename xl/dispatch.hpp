// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "xl/absent.hpp"
#include "xl/command.hpp"

namespace zeroth::xl {

/// A command line, without the program's name, carried out; the result is the exit status.
int dispatch(Context& context, const std::vector<const char*>& words);

/// The command of that name, or the one it is an unambiguous beginning of. The reference's commands
/// that are not here count as well, so that a beginning never changes what it means.
const Command* find_command(std::string_view name);

/// The command of that name (or beginning) which the reference has and zeroth has not.
const AbsentCommand* find_absent(std::string_view name);

}  // namespace zeroth::xl
