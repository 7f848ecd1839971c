// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "daemon/devices/dom0.hpp"
#include "libdomain/device/detach.hpp"
#include "libdomain/device/paths.hpp"
#include "xenstore/client/store.hpp"

namespace zeroth::daemon::devices {

/// Takes these devices down side by side: whoever made them, and however far they had come. The
/// value is what did not go well though they are gone, a sentence each; the Error is of one that is
/// still there.
Result<std::vector<std::string>> take_down(Dom0& dom0, xs::Store& store,
                                           const std::vector<device::Paths>& devices,
                                           device::Detach::Manner manner);

}  // namespace zeroth::daemon::devices
