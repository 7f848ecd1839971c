// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace zeroth::xenstored {

/// What an unprivileged domain may use; 0 is no limit. Defaults are C xenstored's.
struct Quotas {
    std::uint32_t nodes = 1000;
    std::uint32_t watches = 128;
    std::uint32_t transactions = 10;
    /// Requests and events sent and not yet read.
    std::uint32_t outstanding = 20;
    /// Nodes one transaction may touch.
    std::uint32_t transaction_nodes = 1024;
    /// Bytes of nodes, watches and output; over the soft limit a warning, over the hard one ENOSPC.
    std::uint32_t memory_soft = 2 * 1024 * 1024;
    std::uint32_t memory_hard = 2 * 1024 * 1024 + 512 * 1024;
    std::uint32_t node_permissions = 5;
    /// Bytes of a path, relative to the domain's own folder where it is below it.
    std::uint32_t path_length = 2048;
    std::uint32_t node_size = 2048;
};

struct QuotaName {
    std::string_view name;
    std::uint32_t Quotas::*limit;
};
/// As GET_QUOTA and SET_QUOTA call them.
inline constexpr std::array<QuotaName, 10> kQuotaNames{{
    {"nodes", &Quotas::nodes},
    {"watches", &Quotas::watches},
    {"transactions", &Quotas::transactions},
    {"outstanding", &Quotas::outstanding},
    {"transaction-nodes", &Quotas::transaction_nodes},
    {"memory", &Quotas::memory_hard},
    {"memory-soft", &Quotas::memory_soft},
    {"node-permissions", &Quotas::node_permissions},
    {"path-length", &Quotas::path_length},
    {"node-size", &Quotas::node_size},
}};
/// nullptr: there is no such quota.
std::uint32_t* find_quota(Quotas& quotas, std::string_view name);

}  // namespace zeroth::xenstored
