// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "libdomain/hypervisor/hypervisor.hpp"
#include "libdomain/hypervisor/privcmd.hpp"

/// What everything above the seam relies on, checked against whatever is below it: the model, and
/// on the board Xen itself. Where the two disagree, the model is wrong.
namespace zeroth::testing {

struct ContractSubject {
    hyper::Hypervisor& xen;
    hyper::EventChannels& channels;
    hyper::GrantTable& grants;
    /// Opens the device of event channels once more.
    std::function<Result<std::unique_ptr<hyper::EventChannels>>()> open_channels;
    /// Machine frames of a device that dom0 may use, and nobody does; passing them on is left out
    /// where there are none.
    std::optional<MachineFrame> device;
    std::uint64_t device_frames = 0;
};

/// Tells each check in one line, "ok - subject: fact" or "not ok - ...: what came instead", and
/// returns how many failed. Domains of its own come and go; nothing else is touched.
unsigned run_hypervisor_contract(const ContractSubject& subject,
                                 const std::function<void(std::string_view line)>& print);

}  // namespace zeroth::testing
