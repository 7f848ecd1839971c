// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <string>

namespace zeroth {

/// Formats at the end of `out`. fmt's own way to do it, format_to a std::back_inserter, compiles
/// the whole of fmt into every file that has it; this calls the library.
template <class... Args>
void append(std::string& out, fmt::format_string<Args...> format, Args&&... args) {
    out += fmt::vformat(format, fmt::make_format_args(args...));
}

}  // namespace zeroth
