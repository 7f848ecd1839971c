// SPDX-License-Identifier: Apache-2.0
#include "libdomain/config/source_map.hpp"

#include <algorithm>

#include "libdomain/config/utf8.hpp"

namespace zeroth::config {
namespace {

std::uint32_t count_runes(std::string_view text) {
    std::uint32_t count = 0;
    for (std::size_t at = 0; at < text.size(); at += rune_at(text, at).length) ++count;
    return count;
}

}  // namespace

SourceMap::SourceMap(std::string_view text) : text_{text} {
    // A byte order mark is no character of line 1.
    starts_.push_back(text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0);
    for (std::size_t at = text.find('\n'); at != std::string_view::npos;
         at = text.find('\n', at + 1)) {
        starts_.push_back(at + 1);
    }
}

std::string_view SourceMap::line(std::uint32_t number) const {
    if (number == 0 || number > starts_.size()) return {};
    const std::size_t begin = starts_[number - 1];
    const std::size_t end = std::min(text_.find('\n', begin), text_.size());
    std::string_view line = text_.substr(begin, end - begin);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

Location SourceMap::locate(Span span) const {
    const std::size_t begin = std::clamp(span.begin, starts_.front(), text_.size());
    const auto after = std::upper_bound(starts_.begin(), starts_.end(), begin);
    const auto number = static_cast<std::uint32_t>(after - starts_.begin());
    const std::size_t start = starts_[number - 1];
    const std::size_t line_end = start + line(number).size();
    const std::size_t end = std::min(std::max(span.end, begin), std::max(line_end, begin));
    return {.line = number,
            .column = count_runes(text_.substr(start, begin - start)) + 1,
            .length = std::max(count_runes(text_.substr(begin, end - begin)), 1U)};
}

std::size_t SourceMap::offset(std::uint32_t number, std::uint32_t column) const {
    if (number == 0) return starts_.front();
    if (number > starts_.size()) return text_.size();
    const std::string_view all = line(number);
    std::size_t at = 0;
    for (std::uint32_t i = 1; i < column && at < all.size(); ++i) at += rune_at(all, at).length;
    return starts_[number - 1] + at;
}

}  // namespace zeroth::config
