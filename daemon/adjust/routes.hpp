// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "daemon/adjust/adjustments.hpp"
#include "daemon/http/router.hpp"

namespace zeroth::daemon {

/// What changes one domain (daemon/api/types.hpp). Both outlive the routes.
void add_adjust_routes(std::vector<http::Route>& routes, Service& service, Adjustments& adjust);

}  // namespace zeroth::daemon
