// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/devices/dom0.hpp"
#include "libdomain/config/domain_config.hpp"
#include "libdomain/plan/host_info.hpp"
#include "xenstore/client/store.hpp"

namespace zeroth::daemon::devices {

/// All that the plan of these devices depends on. Nothing is asked for what the config has none of.
Result<plan::DeviceFacts> look_at(Dom0& dom0, xs::Store& store, const config::DomainConfig& config);

}  // namespace zeroth::daemon::devices
