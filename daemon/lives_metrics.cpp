// SPDX-License-Identifier: Apache-2.0
#include "daemon/lives_metrics.hpp"

#include <fmt/format.h>

namespace zeroth::daemon {

using Kind = MetricsPage::Kind;

void collect_lives(MetricsPage& page, const lives::Registry& registry) {
    std::uint64_t waiting = 0;
    for (const auto& record : registry.all()) {
        if (record.between_lives()) ++waiting;
        const Labels labels{{"domid", fmt::to_string(record.domid.raw())},
                            {"name", record.name},
                            {"uuid", record.uuid.text()}};
        page.family("xld_domain_restarts_total", Kind::kCounter,
                    "Lives that it has begun, after the first.");
        page.sample(labels, record.lives - 1);
        page.family("xld_domain_short_lives", Kind::kGauge,
                    "Lives in a row, up to the last that ended, of less than 10 seconds.");
        page.sample(labels, record.short_lives);
    }
    page.family("xld_domains_restarting", Kind::kGauge, "Domains that are between two lives.");
    page.sample({}, static_cast<double>(waiting));
}

void count_policy(Metrics& metrics, const std::string& reason, const std::string& action) {
    metrics
        .counter("xld_policies_total",
                 "Domains that shut down, by the reason and by what their configs ask for then.",
                 {{"reason", reason}, {"action", action}})
        .add();
}

void count_restart(Metrics& metrics, Restart restart) {
    if (restart == Restart::kDamped) {
        return metrics
            .counter("xld_restarts_damped_total",
                     "Next lives that were put off, as the ones before were too short.")
            .add();
    }
    metrics
        .counter("xld_restarts_total", "Attempts to begin a domain's next life, and how they went.",
                 {{"result", restart == Restart::kDone ? "done" : "failed"}})
        .add();
}

}  // namespace zeroth::daemon
