// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

#include "core/units.hpp"

namespace zeroth::xl {

/// "512", "512m" and "512M" are MiB, with `b`, `k`, `g` and `t` for the other units; bytes are
/// rounded down. nullopt for anything else, and for more than 2^54 KiB.
std::optional<KiB> parse_memory_size(std::string_view text);

}  // namespace zeroth::xl
