// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace zeroth::plan {

/// "128 MiB", "5632 KiB", "1487 bytes": the largest unit that divides it.
std::string print_size(std::uint64_t bytes);

}  // namespace zeroth::plan
