// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "libdomain/config/domain_config.hpp"
#include "libdomain/config/value.hpp"

namespace zeroth::config {

/// The settings that make this config, in the order in which they are best read: all but `vif` and
/// `disk`, whose entries the two forms write differently. No value has a place in a source.
std::vector<Setting> settings_of(const DomainConfig& config);

}  // namespace zeroth::config
