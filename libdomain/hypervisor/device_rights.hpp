// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/ids.hpp"
#include "core/result.hpp"
#include "libdomain/hypervisor/hypervisor.hpp"

/// Whose a device is. Xen takes permissions, and has no call that tells them: its console is the
/// only place that says so.
namespace zeroth::hyper {

/// Both ends are in it.
using NumberRange = std::pair<std::uint64_t, std::uint64_t>;

/// What of the host's devices a domain may have: machine frames and interrupts.
struct DeviceRights {
    DomainId domain;
    std::vector<NumberRange> frames, interrupts;

    friend bool operator==(const DeviceRights&, const DeviceRights&) = default;
};

/// From what Xen prints for the debug key 'q'. A domain of which something is not there, or is not
/// as it should be (others print to the same console), is left out.
std::vector<DeviceRights> parse_device_rights(std::string_view console);

/// Asks for that. It costs a screenful of Xen's console for each domain of the host's.
Result<std::vector<DeviceRights>> device_rights(const Hypervisor& xen);

/// The domain that a bind_spi failed for with EBUSY, by what Xen printed meanwhile.
std::optional<DomainId> interrupt_owner(std::string_view console, std::uint32_t irq);

}  // namespace zeroth::hyper
