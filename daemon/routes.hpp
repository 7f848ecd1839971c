// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "daemon/http/router.hpp"
#include "daemon/service.hpp"

namespace zeroth::daemon {

/// The API's paths (daemon/api/types.hpp) and what each does with the service, which outlives them.
std::vector<http::Route> make_routes(Service& service);

}  // namespace zeroth::daemon
