// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/bench/xenstore/meter.hpp"

/// The rows of the table: each scenario has a server of its own, fresh, and reports one row or
/// some.
namespace zeroth::bench {

struct Load {
    Server server;
    /// How long what can go on for ever does.
    Clock::duration time = std::chrono::seconds{1};
    /// What has a size is that many times smaller.
    std::size_t shrink = 1;
};

void read_one(const Load& load);
void read_pipelined(const Load& load);
void read_many(const Load& load);
void write_one(const Load& load);
void list_folder(const Load& load);
void build_nodes(const Load& load);
void build_nodes_pipelined(const Load& load);
void transaction_one(const Load& load);
void transaction_disjoint(const Load& load);
void transaction_contended(const Load& load);
void watch_fan_out(const Load& load);
void watch_one_of_many(const Load& load);
void create_domains(const Load& load);
void create_domains_pipelined(const Load& load);
void steadiness(const Load& load);
void idle_connections(const Load& load);
void fairness(const Load& load);

}  // namespace zeroth::bench
