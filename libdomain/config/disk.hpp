// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "libdomain/config/domain_config.hpp"
#include "libdomain/config/entry.hpp"
#include "libdomain/config/report.hpp"
#include "libdomain/config/value.hpp"

namespace zeroth::config {

/// One entry of `disk` (reference B.3); nullopt where it was refused.
std::optional<Disk> read_disk(const Value& value, Report& report);

/// The fields of a disk that differ from the default; `target`, which swallows what follows it in
/// an xl.cfg, is the last.
std::vector<EntryField> fields_of(const Disk& disk);

}  // namespace zeroth::config
