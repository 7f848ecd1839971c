// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "core/ids.hpp"
#include "core/result.hpp"
#include "core/uuid.hpp"
#include "libdomain/hypervisor/hypervisor.hpp"
#include "xenstore/client/store.hpp"

namespace zeroth::build {

/// What removes every node a domain has, whoever wrote them: its home, its /vm and /libxl entries,
/// and its console's backend.
std::vector<xs::Change> node_removal(DomainId domain, const Uuid& uuid);

/// Ends a domain, whoever made it: pauses it, has its devices taken down by `take_down`, destroys
/// it and removes its nodes. A domain that somebody still has memory of mapped stays behind as
/// dying, as in the reference.
Result<> destroy(const hyper::Hypervisor& xen, xs::Store& store, DomainId domain,
                 const std::function<void(DomainId)>& take_down = {});

}  // namespace zeroth::build
