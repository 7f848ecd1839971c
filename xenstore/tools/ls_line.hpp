// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "xenstore/client/store.hpp"

namespace zeroth::xs::tools {

/// How xenstore-ls lays out its lines.
struct LsStyle {
    enum class Names { kIndented, kWholePaths };

    static constexpr int kNoLimit = std::numeric_limits<int>::max() / 2;

    Names names = Names::kIndented;
    /// What is longer is cut; below 0, nothing is, and nothing is aligned.
    int width = kNoLimit;
};

struct LsNode {
    std::string_view path;
    /// How far below where the listing began.
    std::size_t depth = 0;
    /// nullopt: it could not be read.
    std::optional<std::string_view> value;
    /// nullopt: not to be shown.
    std::optional<std::span<const Permission>> permissions;
};

/// With its newline.
std::string ls_line(const LsNode& node, const LsStyle& style);

/// "n0,r1"
std::string join(std::span<const Permission> permissions);

}  // namespace zeroth::xs::tools
