// SPDX-License-Identifier: Apache-2.0
#include "libdomain/plan/print.hpp"

#include <fmt/format.h>

#include "libdomain/plan/layout.hpp"

namespace zeroth::plan {

std::string print_size(std::uint64_t bytes) {
    if (bytes >= kGiB && bytes % kGiB == 0) return fmt::format("{} GiB", bytes / kGiB);
    if (bytes >= kMiB && bytes % kMiB == 0) return fmt::format("{} MiB", bytes / kMiB);
    if (bytes >= kKiB && bytes % kKiB == 0) return fmt::format("{} KiB", bytes / kKiB);
    return fmt::format("{} bytes", bytes);
}

}  // namespace zeroth::plan
