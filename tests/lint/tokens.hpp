// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace zeroth::lint {

struct Token {
    enum class Kind { kWord, kNumber, kText, kMark };
    Kind kind = Kind::kMark;
    std::string_view text;
    std::uint32_t line = 0;
};

/// C++ source as words, numbers, literals and marks (one character each, but `->` and `::`);
/// comments and preprocessor lines are left out. Views point into `source`.
std::vector<Token> tokenize(std::string_view source);

}  // namespace zeroth::lint
