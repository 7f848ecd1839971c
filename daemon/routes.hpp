// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/io_context.hpp>
#include <vector>

#include "daemon/http/router.hpp"
#include "daemon/service.hpp"
#include "daemon/supervisor/asker.hpp"

namespace zeroth::daemon {

/// The API's paths (daemon/api/types.hpp) and what each does with the service, which outlives them.
std::vector<http::Route> make_routes(Service& service);

/// What asking guests to end needs; all outlive the routes.
struct EndRoutes {
    Service& service;
    Asker& asker;
    EventLog& events;
    boost::asio::io_context& io;
};
void add_end_routes(std::vector<http::Route>& routes, const EndRoutes& with);

}  // namespace zeroth::daemon
