// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "daemon/lives/registry.hpp"
#include "daemon/metrics.hpp"

/// What is counted of the lives of domains.
namespace zeroth::daemon {

/// Each domain's, from the records, for a scrape.
void collect_lives(MetricsPage& page, const lives::Registry& registry);

// What happened since xld started, counted when it does.
/// A domain shut down for a reason ("crash"), and its config asks for an action ("restart").
void count_policy(Metrics& metrics, const std::string& reason, const std::string& action);
enum class Restart { kDone, kFailed, kDamped };
void count_restart(Metrics& metrics, Restart restart);

}  // namespace zeroth::daemon
