// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "libdomain/config/report.hpp"
#include "libdomain/config/value.hpp"

namespace zeroth::config {

/// How deep lists may nest; the deepest known key (vsnd) needs 4.
inline constexpr unsigned kMaxDepth = 16;
/// How many values one config may hold: far beyond any guest's, so that noise costs no memory.
inline constexpr std::size_t kMaxValues = 65536;

/// The statements of an xl.cfg text's bytes `part`, in order. It reads on after each error: a
/// statement that is broken comes with a value of kind kBroken.
std::vector<Setting> parse_xl(std::string_view text, Span part, Report& report);

}  // namespace zeroth::config
