// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/xenstore/meter.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/bench/xenstore/connection.hpp"

namespace zeroth::bench {

namespace {

constexpr std::size_t kRoom = std::size_t{1} << 20;
constexpr double kMicrosecond = 1e3;   // in ns
constexpr std::uint64_t kBlock = 512;  // st_blocks counts these

std::filesystem::path proc(const Server& server) {
    return std::filesystem::path{"/proc"} / std::to_string(server.pid);
}

}  // namespace

std::chrono::nanoseconds cpu_time(const Server& server) {
    std::int64_t total = 0;
    for (const auto& task : std::filesystem::directory_iterator{proc(server) / "task"}) {
        std::int64_t running = 0;
        if (std::ifstream{task.path() / "schedstat"} >> running) total += running;
    }
    return std::chrono::nanoseconds{total};
}

std::uint64_t resident_bytes(const Server& server) {
    std::ifstream maps{proc(server) / "smaps"};
    const std::string journal =
        server.journal.empty() ? "" : std::filesystem::path{server.journal}.filename();
    std::uint64_t total = 0;
    bool counts = true;
    for (std::string line; std::getline(maps, line);) {
        std::uint64_t kilobytes = 0;
        if (std::sscanf(line.c_str(), "Pss: %lu kB", &kilobytes) == 1) {
            if (counts) total += kilobytes * 1024;
        } else if (line.find('-') < line.find(' ')) {
            counts = journal.empty() || line.find("/" + journal) == std::string::npos;
        }
    }
    if (total == 0) give_up("the server is gone, or its /proc/PID/smaps cannot be read");
    return total;
}

std::uint64_t journal_bytes(const Server& server) {
    struct stat status {};
    if (server.journal.empty() || stat(server.journal.c_str(), &status) != 0) return 0;
    return static_cast<std::uint64_t>(status.st_blocks) * kBlock;
}

void report(std::string_view row, std::string_view what, double value) {
    std::printf("%.*s.%.*s %.6g\n", static_cast<int>(row.size()), row.data(),
                static_cast<int>(what.size()), what.data(), value);
    std::fflush(stdout);
}

Meter::Meter(const Server& server) : server_{server} {
    latencies_.reserve(kRoom);
    restart();
}

void Meter::restart() {
    latencies_.clear();
    cpu_ = cpu_time(server_);
    start_ = end_ = Clock::now();
}

double Meter::rate() const {
    return static_cast<double>(latencies_.size()) /
           std::chrono::duration<double>(end_ - start_).count();
}

void Meter::done(Clock::time_point began) {
    end_ = Clock::now();
    latencies_.push_back(static_cast<std::uint32_t>((end_ - began).count()));
}

void Meter::report(std::string_view row, double operations_each) {
    const double operations = static_cast<double>(latencies_.size()) * operations_each;
    const auto cpu = static_cast<double>((cpu_time(server_) - cpu_).count());
    bench::report(row, "rate", rate() * operations_each);
    bench::report(row, "p50", percentile(latencies_, 0.5) / kMicrosecond);
    bench::report(row, "p99", percentile(latencies_, 0.99) / kMicrosecond);
    bench::report(row, "cpu", cpu / operations / kMicrosecond);
}

double percentile(std::vector<std::uint32_t>& values, double part) {
    if (values.empty()) give_up("nothing was measured");
    std::ranges::sort(values);
    return values[static_cast<std::size_t>(part * static_cast<double>(values.size() - 1))];
}

}  // namespace zeroth::bench
