// SPDX-License-Identifier: Apache-2.0
#include "libdomain/config/value.hpp"

#include <algorithm>

namespace zeroth::config {
namespace {

/// The source byte that a decoded byte came from.
std::size_t source_of(const std::vector<Piece>& pieces, std::size_t at) {
    const auto after = std::upper_bound(
        pieces.begin(), pieces.end(), at,
        [](std::size_t offset, const Piece& piece) { return offset < piece.text_begin; });
    const Piece& piece = after == pieces.begin() ? *after : *std::prev(after);
    return piece.source_begin + (at - piece.text_begin);
}

}  // namespace

Span Value::part(std::size_t begin, std::size_t end) const {
    if (pieces.empty() || begin > text.size()) return span;
    const std::size_t from = source_of(pieces, begin);
    const std::size_t to = end > begin ? source_of(pieces, end - 1) + 1 : from;
    return {from, std::max(from, to)};
}

const char* describe(Value::Kind kind) {
    switch (kind) {
        case Value::Kind::kNumber:
            return "a number";
        case Value::Kind::kBool:
            return "a boolean";
        case Value::Kind::kString:
            return "a string";
        case Value::Kind::kList:
            return "a list";
        case Value::Kind::kTable:
            return "a table";
        case Value::Kind::kBroken:
            break;
    }
    return "a value";
}

}  // namespace zeroth::config
