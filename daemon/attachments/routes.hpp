// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "daemon/attachments/attachments.hpp"
#include "daemon/http/router.hpp"

namespace zeroth::daemon {

void add_device_routes(std::vector<http::Route>& routes, Service& service,
                       Attachments& attachments);

}  // namespace zeroth::daemon
