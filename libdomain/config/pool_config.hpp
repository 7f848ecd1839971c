// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libdomain/config/cpu_set.hpp"
#include "libdomain/config/parse.hpp"

namespace zeroth::config {

/// What `xl cpupool-create` makes a CPU pool from (reference B.6).
struct PoolConfig {
    std::string name;
    /// credit, credit2, rtds, arinc653 or null; absent: the host's.
    std::optional<std::string> scheduler;
    /// Of `cpus` and `nodes` together; absent: any one CPU that is free.
    std::optional<CpuSelection> cpus;
};

struct ParsedPool {
    std::optional<PoolConfig> config;
    std::vector<Diagnostic> diagnostics;
};

ParsedPool parse_pool(const Source& source, Form form);

}  // namespace zeroth::config
