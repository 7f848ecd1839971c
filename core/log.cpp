// SPDX-License-Identifier: Apache-2.0
#include "core/log.hpp"

#include <unistd.h>

#include <array>
#include <atomic>
#include <string>

namespace zeroth::log {
namespace {

std::atomic<Level> current_level{Level::kInfo};
constexpr std::array<std::string_view, 4> kNames{"error", "warning", "info", "debug"};

}  // namespace

void set_level(Level level) { current_level = level; }

bool enabled(Level level) { return level <= current_level.load(std::memory_order_relaxed); }

void line(Level level, std::string_view text) {
    if (!enabled(level)) return;
    const std::string whole =
        fmt::format("{}: {}\n", kNames[static_cast<std::size_t>(level)], text);
    // A log that cannot be written has nobody left to tell.
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, whole.data(), whole.size());
}

}  // namespace zeroth::log
