// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace zeroth::config {

/// How many letters must be added, dropped, changed or swapped with their neighbour.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The name nearest to a word that is none of them; empty where none is near enough to suggest.
std::string_view nearest(std::string_view word, std::span<const std::string_view> names);

}  // namespace zeroth::config
