// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/xenstore/driver.hpp"
#include "tests/bench/xenstore/scenarios.hpp"

namespace zeroth::bench {

namespace {

constexpr std::size_t kIdle = 1000;
constexpr std::size_t kNodes = 100;
constexpr int kRepeats = 9;
constexpr int kSlices = 5;
constexpr double kParts = 1e6;

void read(Connection& connection, Reads& reads, Meter& meter, Clock::duration time) {
    const auto end = Clock::now() + time;
    for (auto now = Clock::now(); now < end;) {
        reads.ask(connection);
        connection.call();
        meter.done(now);
        now = Clock::now();
    }
}

/// Median time of a read, over a slice of the scenario's time; not while connections still come or
/// go.
double read_for_a_while(const Load& load, Connection& connection, Reads& reads, Meter& meter) {
    const auto slice = load.time / kSlices;
    read(connection, reads, meter, slice / 4);
    meter.restart();
    read(connection, reads, meter, slice);
    return meter.latency(0.5);
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
    // Once it has answered, the server is all there.
    Connection connection{load.server.socket};
    Reads reads{make_nodes(load.server, "/local/domain/1/device/vif", kNodes)};
    Meter meter{load.server};
    read_for_a_while(load, connection, reads, meter);
    const std::uint64_t before = resident_bytes(load.server);
    {
        const auto idle = connect_idle(load);
        report("memory_connection", "bytes",
               static_cast<double>(resident_bytes(load.server) - before) / kIdle);
        read_for_a_while(load, connection, reads, meter);
        meter.report("idle");
    }
    // With and without them in turn: what changes meanwhile on the machine changes both, and a
    // median is left that it does not decide.
    std::vector<std::uint32_t> parts;
    for (int i = 0; i < kRepeats; ++i) {
        const double alone = read_for_a_while(load, connection, reads, meter);
        const auto idle = connect_idle(load);
        const double among = read_for_a_while(load, connection, reads, meter);
        parts.push_back(static_cast<std::uint32_t>(alone / among * kParts));
    }
    report("idle", "part", percentile(parts, 0.5) / kParts);
}

}  // namespace zeroth::bench
