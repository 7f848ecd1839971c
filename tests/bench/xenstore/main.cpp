// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <charconv>
#include <cstring>
#include <string_view>

#include "tests/bench/xenstore/connection.hpp"
#include "tests/bench/xenstore/scenarios.hpp"

// usage: xenstore_load SCENARIO SOCKET PID [JOURNAL] [quick]
// Runs one scenario against a server that has just started, and prints what it measured as lines of
// `row.what value`. Without arguments, the scenarios' names.

namespace {

using namespace zeroth::bench;

struct Scenario {
    std::string_view name;
    void (*run)(const Load&);
};

constexpr std::array kScenarios{
    Scenario{"read_one", read_one},
    Scenario{"read_pipelined", read_pipelined},
    Scenario{"read_many", read_many},
    Scenario{"write_one", write_one},
    Scenario{"nodes", build_nodes},
    Scenario{"nodes_pipelined", build_nodes_pipelined},
    Scenario{"list", list_folder},
    Scenario{"transaction_one", transaction_one},
    Scenario{"transaction_disjoint", transaction_disjoint},
    Scenario{"transaction_contended", transaction_contended},
    Scenario{"watch_fan_out", watch_fan_out},
    Scenario{"watch_one", watch_one_of_many},
    Scenario{"domains", create_domains},
    Scenario{"domains_pipelined", create_domains_pipelined},
    Scenario{"steadiness", steadiness},
    Scenario{"idle", idle_connections},
    Scenario{"fairness", fairness},
};

constexpr std::size_t kQuickShrink = 100;

}  // namespace

int main(int argc, char** argv) {
    if (argc == 1) {
        for (const Scenario& scenario : kScenarios)
            std::printf("%.*s\n", static_cast<int>(scenario.name.size()), scenario.name.data());
        return 0;
    }
    if (argc < 4) give_up("usage: xenstore_load [SCENARIO SOCKET PID [JOURNAL] [quick]]");
    Load load;
    load.server.socket = argv[2];
    std::from_chars(argv[3], argv[3] + std::strlen(argv[3]), load.server.pid);
    for (int i = 4; i < argc; ++i) {
        if (std::string_view{argv[i]} == "quick") {
            load.time = std::chrono::milliseconds{50};
            load.shrink = kQuickShrink;
        } else {
            load.server.journal = argv[i];
        }
    }
    for (const Scenario& scenario : kScenarios) {
        if (scenario.name != argv[1]) continue;
        scenario.run(load);
        return 0;
    }
    give_up("no such scenario");
}
