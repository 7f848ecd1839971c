// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "core/result.hpp"
#include "libdomain/hypervisor/privcmd.hpp"
#include "libdomain/hypervisor/types.hpp"

namespace zeroth::hyper::sim {

/// What the machine's firmware would tell.
struct RemoteFacts {
    DomainSpec::Gic gic = DomainSpec::Gic::kV2;
    std::uint32_t clock_frequency = 0;
};

/// The seam to the machine whose socket is at `path`. When this process ends, however it does, the
/// machine takes back what it held, as a kernel would.
Result<std::unique_ptr<Privcmd>> open_remote_privcmd(const std::string& path,
                                                     RemoteFacts* facts = nullptr);
Result<std::unique_ptr<EventChannels>> open_remote_event_channels(const std::string& path);
Result<std::unique_ptr<GrantTable>> open_remote_grant_table(const std::string& path);

/// Says one of xen-sim's commands to it, and returns what it answers.
Result<std::string> tell_machine(const std::string& path, const std::string& command);

}  // namespace zeroth::hyper::sim
