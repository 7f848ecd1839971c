// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "core/ids.hpp"
#include "core/result.hpp"
#include "libdomain/hypervisor/hypervisor.hpp"

namespace zeroth::build {

/// Gives a domain an interrupt of the host's. EBUSY at once where a domain that is there has it;
/// one that its last owner is just losing is waited for.
Result<> bind_interrupt(const hyper::Hypervisor& xen, DomainId domain, std::uint32_t irq);

}  // namespace zeroth::build
