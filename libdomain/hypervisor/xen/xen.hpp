// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "core/result.hpp"
#include "libdomain/hypervisor/privcmd.hpp"

/// The seam over Xen itself, through the libraries whose ABI Xen keeps stable: libxencall,
/// libxenforeignmemory, libxenevtchn, libxengnttab.
namespace zeroth::hyper {

/// /dev/xen/privcmd and hypercall. An Error says when this is no Xen host.
Result<std::unique_ptr<Privcmd>> open_privcmd();
/// One open /dev/xen/evtchn; its descriptor does not block.
Result<std::unique_ptr<EventChannels>> open_event_channels();
/// One open /dev/xen/gntdev.
Result<std::unique_ptr<GrantTable>> open_grant_table();

}  // namespace zeroth::hyper
