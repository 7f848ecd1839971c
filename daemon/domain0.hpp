// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.hpp"
#include "daemon/ground.hpp"

namespace zeroth::daemon {

/// Domain 0 is nobody's to build, but has nodes and a config that tools look for (the reference's
/// xen-init-dom0 writes them). Writes those that are not there: what is, stays.
Result<> set_up_domain0(const Ground& ground);

}  // namespace zeroth::daemon
