// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/result.hpp"
#include "libdomain/hypervisor/privcmd.hpp"
#include "libdomain/hypervisor/types.hpp"

namespace zeroth::hyper {

/// All of xen_version's answers; the interface versions, which it does not tell, are left 0.
Result<XenVersion> read_version(Privcmd& privcmd);

}  // namespace zeroth::hyper
