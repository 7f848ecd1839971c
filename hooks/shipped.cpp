// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "hooks/installed.hpp"

namespace zeroth::hooks {
namespace {

constexpr ShippedFile kShipped[]{
#include <shipped.inc>
};

}  // namespace

std::span<const ShippedFile> shipped_files() { return kShipped; }

}  // namespace zeroth::hooks
