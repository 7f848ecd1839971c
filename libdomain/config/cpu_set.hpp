// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace zeroth::config {

/// One part of a CPU list: `3`, `0-3`, `^2`, `all`, `node:1`, `nodes:0-1`.
struct CpuPart {
    enum class Kind { kAll, kCpus, kNodes };
    Kind kind = Kind::kAll;
    bool exclude = false;
    std::uint32_t first = 0, last = 0;

    friend bool operator==(const CpuPart&, const CpuPart&) = default;
};

/// What is wrong with a CPU list, and which of its bytes show it.
struct CpuFault {
    std::size_t begin = 0, end = 0;
    std::string message, help;
};

/// A CPU list as written; which CPUs it names depends on the host's topology.
struct CpuSelection {
    std::vector<CpuPart> parts;

    /// Comma-separated parts (reference B.2). The error says which part and why.
    static Result<CpuSelection> parse(std::string_view text);
    /// The same, for who can point into the text.
    static std::expected<CpuSelection, CpuFault> scan(std::string_view text);
    std::string text() const;
    friend bool operator==(const CpuSelection&, const CpuSelection&) = default;
};

/// The CPUs of a selection on a host: `node_of[cpu]` is each CPU's node. A part that names a CPU or
/// node that is not there is an error that says so. The result is one flag per CPU.
Result<std::vector<bool>> expand(const CpuSelection& selection,
                                 const std::vector<std::uint32_t>& node_of);

/// "none", "all" or ranges such as "0-3,5", as `xl vcpu-list` prints a map.
std::string print_cpu_map(const std::vector<bool>& map);

}  // namespace zeroth::config
