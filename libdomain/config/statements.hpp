// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "libdomain/config/parse.hpp"
#include "libdomain/config/report.hpp"
#include "libdomain/config/value.hpp"

namespace zeroth::config {

/// Beyond this a file is no config; the longest sensible ones have a few KiB.
inline constexpr std::size_t kMaxSource = std::size_t{1} << 20U;

/// What a source says, one setting per key, before anyone asks what the keys mean. nullopt where it
/// cannot be read at all: that is reported, and says nothing about what is missing. `report`'s map
/// is of the first kMaxSource bytes of the text.
std::optional<std::vector<Setting>> read_statements(const Source& source, Form form,
                                                    Report& report);

}  // namespace zeroth::config
