// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <string_view>

/// Levels by who must act: error, an operator now; warning, an operator some day; info, nobody, a
/// thing that happened; debug, a developer. Lines go to stderr, one write each.
namespace zeroth::log {

enum class Level { kError, kWarning, kInfo, kDebug };

void set_level(Level level);
bool enabled(Level level);
void line(Level level, std::string_view text);
/// Lines that say themselves what they are, such as a config's diagnostics.
void text(std::string_view lines);

template <class... Args>
void error(fmt::format_string<Args...> format, Args&&... args) {
    line(Level::kError, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void warning(fmt::format_string<Args...> format, Args&&... args) {
    line(Level::kWarning, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void info(fmt::format_string<Args...> format, Args&&... args) {
    if (enabled(Level::kInfo)) line(Level::kInfo, fmt::format(format, std::forward<Args>(args)...));
}
template <class... Args>
void debug(fmt::format_string<Args...> format, Args&&... args) {
    if (enabled(Level::kDebug))
        line(Level::kDebug, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace zeroth::log
