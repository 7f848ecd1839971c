// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace zeroth::lint {

/// A statement that holds `co_await` beside something GCC 12 gets wrong.
struct AwaitTrap {
    std::uint32_t line = 0;
    std::string what;
};

/// A function's body, from the line of its opening brace to that of the closing one.
struct Body {
    std::uint32_t first_line = 0, last_line = 0;
};

struct Shape {
    std::vector<AwaitTrap> traps;
    std::vector<Body> functions;
};

/// Reads a C++ source as blocks, statements and lambdas: no grammar, but enough to know which
/// braces open a block and which belong to an expression.
Shape shape_of(std::string_view source);

}  // namespace zeroth::lint
