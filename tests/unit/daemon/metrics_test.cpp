// SPDX-License-Identifier: Apache-2.0
#include "daemon/metrics.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace zeroth::daemon {
namespace {

TEST(Metrics, AreWrittenAsPrometheusReadsThem) {
    Metrics metrics;
    metrics.counter("b_total", "Things.", {{"kind", "x"}}).add();
    metrics.counter("b_total", "Things.", {{"kind", "x"}}).add(2);
    metrics.counter("b_total", "Things.", {{"kind", "a \"b\"\\\n"}}).add(0.5);
    metrics.gauge("a", "One\nline, with a \\.").set(-1);
    auto& times = metrics.histogram("c_seconds", "Times.", {0.1, 1}, {{"step", "s"}});
    for (const double value : {0.1, 0.5, 7.0}) times.observe(value);
    EXPECT_EQ(metrics.text(),
              "# HELP a One\\nline, with a \\\\.\n"
              "# TYPE a gauge\n"
              "a -1\n"
              "# HELP b_total Things.\n"
              "# TYPE b_total counter\n"
              "b_total{kind=\"a \\\"b\\\"\\\\\\n\"} 0.5\n"
              "b_total{kind=\"x\"} 3\n"
              "# HELP c_seconds Times.\n"
              "# TYPE c_seconds histogram\n"
              "c_seconds_bucket{step=\"s\",le=\"0.1\"} 1\n"
              "c_seconds_bucket{step=\"s\",le=\"1\"} 2\n"
              "c_seconds_bucket{step=\"s\",le=\"+Inf\"} 3\n"
              "c_seconds_sum{step=\"s\"} 7.6\n"
              "c_seconds_count{step=\"s\"} 3\n");
}

TEST(Metrics, AsksCollectorsEachTime) {
    Metrics metrics;
    int asked = 0;
    metrics.collect([&](MetricsPage& page) {
        page.family("seen", MetricsPage::Kind::kGauge, "Times asked.");
        page.sample({}, ++asked);
        page.family("odd", MetricsPage::Kind::kGauge, "Odd.");
        page.sample({}, INFINITY);
        page.family("seen", MetricsPage::Kind::kGauge, "Times asked.");
        page.sample({{"again", "yes"}}, 1e9);
    });
    metrics.text();
    EXPECT_EQ(metrics.text(),
              "# HELP odd Odd.\n# TYPE odd gauge\nodd +Inf\n"
              "# HELP seen Times asked.\n# TYPE seen gauge\nseen 2\n"
              "seen{again=\"yes\"} 1000000000\n");
}

}  // namespace
}  // namespace zeroth::daemon
