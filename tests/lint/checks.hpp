// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "tests/lint/finding.hpp"
#include "tests/lint/rooms.hpp"
#include "tests/lint/tree.hpp"

namespace zeroth::lint {

/// co_await beside what GCC 12 miscompiles.
Findings check_coroutines(const File& file);

/// Licence line, #pragma once, lengths of files and functions, blanks.
Findings check_style(const File& file);

/// Paths and addresses of one machine, and talk of what is not the project.
Findings check_clean_hands(const File& file);

/// Every #include line against the rooms; `known` is the whole tree.
Findings check_includes(const File& file, const std::vector<Room>& rooms,
                        const std::vector<File>& known);

/// ARCHITECTURE.md's table of rooms against CMake's, and the rooms against themselves (no cycles).
Findings check_table(const File& architecture, const std::vector<Room>& rooms);

}  // namespace zeroth::lint
