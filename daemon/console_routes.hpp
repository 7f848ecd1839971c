// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "daemon/console/service.hpp"
#include "daemon/http/router.hpp"
#include "daemon/service.hpp"

namespace zeroth::daemon {

/// The paths of the console service, which outlives them.
void add_console_routes(std::vector<http::Route>& routes, Service& service,
                        console::Service& consoles, StorePool& stores);

}  // namespace zeroth::daemon
