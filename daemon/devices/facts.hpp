// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "daemon/devices/dom0.hpp"
#include "libdomain/config/domain_config.hpp"
#include "libdomain/plan/host_info.hpp"
#include "xenstore/client/store.hpp"

namespace zeroth::daemon::devices {

/// All that the plan of these devices depends on. Nothing is asked for what the config has none of.
Result<plan::DeviceFacts> look_at(Dom0& dom0, xs::Store& store, const config::DomainConfig& config);

/// What dom0 lacks for the device is an Error, which begins with the device; the value is what is
/// odd and no obstacle, a sentence each.
Result<std::vector<std::string>> check(Dom0& dom0, const plan::Device& device);

}  // namespace zeroth::daemon::devices
