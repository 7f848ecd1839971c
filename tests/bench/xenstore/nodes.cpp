// SPDX-License-Identifier: Apache-2.0
#include <thread>

#include "tests/bench/xenstore/connection.hpp"
#include "tests/bench/xenstore/scenarios.hpp"

namespace zeroth::bench {

namespace {

constexpr std::size_t kFolders = 1000;
constexpr std::size_t kNodesEach = 100;
constexpr double kMillisecond = 1e-3;
const std::string kTop = "/bench";

void report_memory(const Load& load, std::string_view row) {
    report(row, "bytes", static_cast<double>(resident_bytes(load.server)));
    report(row, "journal", static_cast<double>(journal_bytes(load.server)));
}

std::string path_of(std::size_t folder, std::size_t node) {
    return kTop + "/" + std::to_string(folder) + "/node-" + std::to_string(node);
}

/// Ours frees the nodes after the reply, a few at a time: until that has come to an end.
void settle(const Load& load) {
    constexpr std::chrono::milliseconds kBetween{100};
    constexpr int kLooks = 20;
    auto before = resident_bytes(load.server);
    for (int i = 0; i < kLooks; ++i) {
        std::this_thread::sleep_for(kBetween);
        const auto now = resident_bytes(load.server);
        if (i > 1 && now == before) return;
        before = now;
    }
}

}  // namespace

void build_nodes(const Load& load) {
    const std::size_t folders = kFolders / load.shrink;
    Connection connection{load.server.socket};
    connection.ask(xs::MessageType::kDirectory, 0, {"/"});
    connection.call();
    report_memory(load, "memory_start");

    Meter build{load.server};
    for (std::size_t folder = 0; folder < folders; ++folder) {
        for (std::size_t node = 0; node < kNodesEach; ++node) {
            const std::string path = path_of(folder, node);
            const auto began = Clock::now();
            connection.ask_write(0, path, "value");
            connection.call();
            build.done(began);
        }
    }
    build.report("build");
    report_memory(load, "memory_built");
    report("memory_built", "nodes", static_cast<double>(folders * (kNodesEach + 1)));

    const auto began = Clock::now();
    connection.ask(xs::MessageType::kRm, 0, {kTop});
    connection.call();
    const auto passed = std::chrono::duration<double>(Clock::now() - began);
    report("remove", "ms", passed.count() / kMillisecond);
    settle(load);
    report_memory(load, "memory_removed");
}

void build_nodes_pipelined(const Load& load) {
    Connection connection{load.server.socket};
    Meter build{load.server};
    for (std::size_t folder = 0; folder < kFolders / load.shrink; ++folder) {
        const auto began = Clock::now();
        for (std::size_t node = 0; node < kNodesEach; ++node)
            connection.ask_write(0, path_of(folder, node), "value");
        connection.flush();
        for (std::size_t node = 0; node < kNodesEach; ++node) expect_good(connection.next());
        build.done(began);
    }
    build.report("build_pipelined", kNodesEach);
}

}  // namespace zeroth::bench
