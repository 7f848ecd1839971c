// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "core/ids.hpp"
#include "core/result.hpp"
#include "core/units.hpp"
#include "daemon/api/types.hpp"

namespace zeroth::daemon::adjust {

/// A domain's memory as it stands.
struct MemoryState {
    DomainId domain;
    /// What its balloon aims at, and the most that it may ever aim at.
    KiB target, static_max;
    /// Whether its nodes say so; where not, the first change writes what was found, as Xen's limit
    /// will not tell it any more.
    bool noted = true;
};

/// What is to be set: Xen's limit, and the nodes that the guest looks at.
struct MemoryChange {
    KiB xen_limit;
    std::optional<KiB> target, static_max;
};

/// What a request comes to (reference A.4). Pure. The Error has the reference's words where it has
/// some: scripts look for them.
Result<MemoryChange> plan_memory(const MemoryState& state, const api::MemoryRequest& request);

}  // namespace zeroth::daemon::adjust
