// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/xenstore/driver.hpp"
#include "tests/bench/xenstore/scenarios.hpp"

namespace zeroth::bench {

namespace {

constexpr std::size_t kIdle = 1000;
constexpr int kRepeats = 5;
constexpr std::size_t kNodes = 100;

double reads_per_second(const Load& load, Meter& meter) {
    const auto paths = make_nodes(load.server, "/local/domain/1/device/vif", kNodes);
    Connection connection{load.server.socket};
    Reads reads{paths};
    meter.restart();
    const auto end = Clock::now() + load.time / kRepeats;
    for (auto now = Clock::now(); now < end;) {
        reads.ask(connection);
        connection.call();
        meter.done(now);
        now = Clock::now();
    }
    return meter.rate();
}

/// Each has asked once, as a client that went to sleep has.
std::vector<Connection> connect_idle(const Load& load) {
    std::vector<Connection> idle;
    for (std::size_t i = 0; i < kIdle; ++i) {
        Connection& connection = idle.emplace_back(load.server.socket);
        connection.ask(xs::MessageType::kDirectory, 0, {"/"});
        connection.call();
    }
    return idle;
}

}  // namespace

void idle_connections(const Load& load) {
    std::vector<std::uint32_t> parts;
    const std::uint64_t before = resident_bytes(load.server);
    {
        const auto idle = connect_idle(load);
        report("memory_connection", "bytes",
               static_cast<double>(resident_bytes(load.server) - before) / kIdle);
        Meter meter{load.server};
        reads_per_second(load, meter);
        meter.report("idle");
    }
    // With and without them in turn: what changes meanwhile on the machine changes both.
    constexpr double kParts = 1e6;
    for (int i = 0; i < kRepeats; ++i) {
        Meter meter{load.server};
        const double alone = reads_per_second(load, meter);
        const auto idle = connect_idle(load);
        parts.push_back(static_cast<std::uint32_t>(reads_per_second(load, meter) / alone * kParts));
    }
    report("idle", "part", percentile(parts, 0.5) / kParts);
}

}  // namespace zeroth::bench
