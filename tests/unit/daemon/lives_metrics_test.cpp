// SPDX-License-Identifier: Apache-2.0
#include "daemon/lives_metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace zeroth::daemon {
namespace {

using testing::HasSubstr;

TEST(LivesMetrics, TellOfEachDomainAndOfWhatHappened) {
    const auto folder = std::filesystem::path{testing::TempDir()} / "zeroth-lives-metrics";
    std::filesystem::remove_all(folder);
    lives::Registry registry{folder};
    lives::Record record;
    record.uuid = Uuid::random();
    record.name = "web";
    record.domid = DomainId{7};
    record.lives = 4;
    record.short_lives = 2;
    record.intent = lives::Intent::kRestarting;
    ASSERT_TRUE(registry.put(record));
    Metrics metrics;
    metrics.collect([&](MetricsPage& page) { collect_lives(page, registry); });
    count_policy(metrics, "crash", "restart");
    count_policy(metrics, "crash", "restart");
    count_restart(metrics, Restart::kDone);
    count_restart(metrics, Restart::kFailed);
    count_restart(metrics, Restart::kDamped);
    const auto text = metrics.text();
    const auto labels = "{domid=\"7\",name=\"web\",uuid=\"" + record.uuid.text() + "\"}";
    EXPECT_THAT(text, HasSubstr("xld_domain_restarts_total" + labels + " 3\n"));
    EXPECT_THAT(text, HasSubstr("xld_domain_short_lives" + labels + " 2\n"));
    EXPECT_THAT(text, HasSubstr("xld_domains_restarting 1\n"));
    EXPECT_THAT(text, HasSubstr("xld_policies_total{reason=\"crash\",action=\"restart\"} 2\n"));
    EXPECT_THAT(text, HasSubstr("xld_restarts_total{result=\"done\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("xld_restarts_total{result=\"failed\"} 1\n"));
    EXPECT_THAT(text, HasSubstr("xld_restarts_damped_total 1\n"));
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace zeroth::daemon
