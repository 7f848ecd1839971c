// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "core/ids.hpp"
#include "core/result.hpp"
#include "daemon/adjust/adjustments.hpp"
#include "daemon/api/types.hpp"
#include "daemon/ground.hpp"
#include "daemon/service.hpp"

namespace zeroth::daemon {

/// What schedulers have for domains. Blocking, for any worker.
class Scheduling {
public:
    Scheduling(const Ground& ground, Service& service, Adjustments& adjust)
        : ground_{ground}, service_{service}, adjust_{adjust} {}

    Result<std::vector<api::Scheduling>> list();
    Result<api::Scheduling> of(DomainId id);
    Result<> set(DomainId id, const api::SchedulingRequest& request);

private:
    Result<api::Scheduling> describe(const hyper::DomainInfo& info);

    const Ground& ground_;
    Service& service_;
    Adjustments& adjust_;
};

}  // namespace zeroth::daemon
