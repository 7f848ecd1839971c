// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace zeroth::bench {

using Clock = std::chrono::steady_clock;

/// The server under load, seen from outside.
struct Server {
    std::string socket;
    pid_t pid = 0;
    /// Its journal, which is mapped but not its memory; empty if it has none.
    std::string journal;
};

/// Time its threads have run, in the kernel too.
std::chrono::nanoseconds cpu_time(const Server& server);
/// Resident bytes (of what it shares, its part), without what is mapped of the journal.
std::uint64_t resident_bytes(const Server& server);
/// What the journal takes in its file system; 0 without one.
std::uint64_t journal_bytes(const Server& server);

/// `row.what value`, one line: what tests/bench/xenstore/table.awk reads.
void report(std::string_view row, std::string_view what, double value);

/// Sorts; `part` is 0.5 for the median.
double percentile(std::vector<std::uint32_t>& values, double part);

/// Operations from its construction, or its restart, on.
class Meter {
public:
    explicit Meter(const Server& server);
    /// Forgets what was measured.
    void restart();

    /// An operation that began then has ended now.
    void done(Clock::time_point began);
    double rate() const;
    /// In nanoseconds; `part` is 0.5 for the median.
    double latency(double part) { return percentile(latencies_, part); }
    /// Rate, median and 99th percentile of the latency, the server's time per operation.
    void report(std::string_view row, double operations_each = 1);

private:
    const Server& server_;
    Clock::time_point start_;
    Clock::time_point end_;
    std::chrono::nanoseconds cpu_{};
    std::vector<std::uint32_t> latencies_;  // ns
};

}  // namespace zeroth::bench
