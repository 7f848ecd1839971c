// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "libdomain/config/report.hpp"
#include "libdomain/config/value.hpp"

namespace zeroth::config {

/// The settings of a TOML text's bytes `part` (which begin the text), in source order. TOML knows
/// neither `+=` nor a key given twice. A syntax error is reported and gives no settings.
std::vector<Setting> read_toml(std::string_view text, Span part, Report& report);

}  // namespace zeroth::config
