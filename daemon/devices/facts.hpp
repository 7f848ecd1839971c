// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/ids.hpp"
#include "daemon/devices/dom0.hpp"
#include "libdomain/config/domain_config.hpp"
#include "libdomain/plan/host_info.hpp"
#include "xenstore/client/store.hpp"

namespace zeroth::daemon::devices {

/// Of other domains' devices: whose they are is told by the name.
using NameOf = std::function<std::string(DomainId)>;

/// All that the plan of these devices depends on. Nothing is asked for what the config has none of.
Result<plan::DeviceFacts> look_at(Dom0& dom0, xs::Store& store, const config::DomainConfig& config,
                                  const NameOf& name_of);

}  // namespace zeroth::daemon::devices
