// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "libdomain/config/report.hpp"

/// What the author of a broken line most likely meant, for help texts and for reading on after it.
namespace zeroth::config {

enum class Place { kStatement, kList };

/// Where a string that its line does not close should have ended.
struct Closing {
    /// The content's end: the missing quote belongs here.
    std::size_t content_end = 0;
    /// Where reading goes on; past `content_end` where the wrong kind of quote stands there.
    std::size_t resume = 0;
};
/// `string` is the opening quote and the rest of its line.
Closing guess_closing(std::string_view text, Span string, Place place);

/// The extent of unquoted text that begins at `begin`.
Span bare_text(std::string_view text, std::size_t begin, Place place);

/// The line that holds `span`, with `span` replaced; empty where it would be too long to print.
std::string patched_line(std::string_view text, Span span, std::string_view replacement);

bool looks_like_python(std::string_view line);

/// Refuses what is no text at all (NUL bytes, UTF-16, an executable) with a single error.
bool is_text(std::string_view text, Report& report);

}  // namespace zeroth::config
