// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "libdomain/hypervisor/sim/machine.hpp"

namespace zeroth::hyper::sim {

enum class Enhanced { kNo, kYes };

/// A domain as Xen makes them at boot from the device tree, of one vCPU and 16 MiB: it runs, has no
/// UUID, and no page for XenStore; with `xen,enhanced`, an event channel for it.
Result<DomainId> make_dom0less(Machine& machine, std::span<const std::byte> kernel,
                               Enhanced enhanced);

}  // namespace zeroth::hyper::sim
