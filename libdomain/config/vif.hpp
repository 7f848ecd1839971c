// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "libdomain/config/domain_config.hpp"
#include "libdomain/config/entry.hpp"
#include "libdomain/config/report.hpp"
#include "libdomain/config/value.hpp"

namespace zeroth::config {

/// One entry of `vif` (reference B.4); nullopt where it was refused.
std::optional<Vif> read_vif(const Value& value, Report& report);

/// The fields of an interface that were given.
std::vector<EntryField> fields_of(const Vif& vif);

}  // namespace zeroth::config
