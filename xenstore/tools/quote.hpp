// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

/// How values are written on a terminal or a command line.
namespace zeroth::xs::tools {

/// \t \n \r \\, octal (three digits, below 8) or hexadecimal (two) for what else is not printable.
std::string quote(std::string_view value);

/// The same back, and a little more: \o to \ooo, \xh and \xhh; a backslash before anything else is
/// dropped, and one at the end stands for a NUL.
std::string unquote(std::string_view text);

/// A JSON string. Values are bytes: where they are no UTF-8, each above 0x7f is written \u00xx.
std::string json_string(std::string_view value);

}  // namespace zeroth::xs::tools
