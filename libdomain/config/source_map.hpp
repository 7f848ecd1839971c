// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "libdomain/config/diagnostic.hpp"

namespace zeroth::config {

inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// Bytes [begin, end) of a source's text.
struct Span {
    std::size_t begin = 0, end = 0;
};

/// Byte offsets to lines and columns and back. It refers to the text, which must outlive it.
class SourceMap {
public:
    explicit SourceMap(std::string_view text);

    /// Where a span begins; its length ends with its first line and is at least 1.
    Location locate(Span span) const;
    /// The byte offset of a 1-based line and column, clipped to the text.
    std::size_t offset(std::uint32_t line, std::uint32_t column) const;
    /// A line without its end; empty past the last one.
    std::string_view line(std::uint32_t number) const;

private:
    std::string_view text_;
    std::vector<std::size_t> starts_;
};

}  // namespace zeroth::config
