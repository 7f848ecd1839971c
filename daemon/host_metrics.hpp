// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "daemon/ground.hpp"
#include "daemon/http/session.hpp"
#include "daemon/metrics.hpp"

namespace zeroth::daemon {

/// What a scrape asks Xen and XenStore for: the host, each domain, and xld itself. Where one of
/// them does not answer, what it would have told is left out, and `xen_up` is 0.
void collect_host(MetricsPage& page, const Ground& ground);

/// Counts requests, and how long they took, by route. It outlives the io_context.
class RequestMetrics : public http::Observer {
public:
    explicit RequestMetrics(Metrics& metrics) : metrics_{metrics} {}
    void answered(const http::Route* route, std::string_view method, unsigned status,
                  std::chrono::nanoseconds took) override;

private:
    Metrics& metrics_;
};

}  // namespace zeroth::daemon
