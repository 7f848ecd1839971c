// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "daemon/cpus/pools.hpp"
#include "daemon/cpus/scheduling.hpp"
#include "daemon/http/router.hpp"
#include "daemon/service.hpp"

namespace zeroth::daemon {

struct CpuRoutes {
    Service& service;
    CpuPools& pools;
    Scheduling& scheduling;
};

/// CPU pools and scheduling. What it is given outlives the routes.
void add_cpu_routes(std::vector<http::Route>& routes, CpuRoutes with);

}  // namespace zeroth::daemon
