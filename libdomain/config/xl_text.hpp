// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "libdomain/config/value.hpp"

namespace zeroth::config {

/// A string in double quotes, with the escapes that xl.cfg has.
std::string xl_quoted(std::string_view text);
/// A value as an xl.cfg has it, on one line. Tables, which it does not know, are empty strings.
std::string xl_text(const Value& value);

}  // namespace zeroth::config
