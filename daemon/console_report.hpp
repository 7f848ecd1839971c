// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/api/types.hpp"
#include "daemon/console/service.hpp"
#include "daemon/metrics.hpp"

/// What others are told of the console service.
namespace zeroth::daemon {

api::Event to_event(const console::Happening& happening);

/// Each console's numbers since xld serves it, for a scrape. Where the service does not answer,
/// they are left out.
void collect_consoles(MetricsPage& page, console::Service& consoles);

}  // namespace zeroth::daemon
