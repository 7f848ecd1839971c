// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/io_context.hpp>
#include <vector>

#include "daemon/events.hpp"
#include "daemon/http/router.hpp"
#include "daemon/service.hpp"
#include "daemon/supervisor/asker.hpp"

namespace zeroth::daemon {

/// The API's paths (daemon/api/types.hpp) and what each does with the service, which outlives them.
std::vector<http::Route> make_routes(Service& service, const Ground& ground);
/// Those of one subject, each in a file of its own: routes_SUBJECT.cpp.
void add_event_routes(std::vector<http::Route>& routes, EventLog& events);
void add_look_routes(std::vector<http::Route>& routes, Service& service, const Ground& ground);
/// The one route of the listener that is for scrapes alone.
http::Route metrics_route(Metrics& metrics);

/// What asking guests to end needs; all outlive the routes.
struct EndRoutes {
    Service& service;
    Asker& asker;
    EventLog& events;
    boost::asio::io_context& io;
};
void add_end_routes(std::vector<http::Route>& routes, const EndRoutes& with);

}  // namespace zeroth::daemon
