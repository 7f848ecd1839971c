// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/ids.hpp"
#include "libdomain/hypervisor/hypervisor.hpp"
#include "libdomain/plan/host_info.hpp"

namespace zeroth::daemon {

/// A domain whose present life xld has not made: no config of ours says what it has been given.
struct Stranger {
    enum class Maker { kXen, kToolstack };

    DomainId domain;
    std::string name;
    Maker maker = Maker::kXen;
};

/// What of the host's devices they have, as Xen knows it. It is told in the log of whom that could
/// not be learnt. Costs much of Xen's console, so that nobody is asked about who is not there.
std::vector<plan::GivenAway> given_to_strangers(const hyper::Hypervisor& xen,
                                                const std::vector<Stranger>& strangers);

}  // namespace zeroth::daemon
