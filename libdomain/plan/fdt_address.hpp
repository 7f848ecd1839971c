// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/result.hpp"
#include "libdomain/plan/layout.hpp"

/// Registers in a device tree that libfdt has found sound (Devicetree Specification, 2.3).
namespace zeroth::plan {

/// A property's value in cells of 32 bits; empty where it is not there.
std::vector<std::uint32_t> cells_of(const void* tree, int node, const char* property);
/// Its one cell, or this.
std::uint32_t cell_of(const void* tree, int node, const char* property, std::uint32_t otherwise);

/// What a node's `reg` means to the CPU: every bus on the way up translates by its `ranges`. An
/// Error where one does not, or where the cells make no sense; no ranges where the node has no
/// `reg`.
Result<std::vector<Span>> registers_of(const void* tree, int node);
/// The same for one whose ancestors are known, the root first: a search for them reads the whole
/// tree.
Result<std::vector<Span>> registers_of(const void* tree, int node, std::span<const int> ancestors);

}  // namespace zeroth::plan
