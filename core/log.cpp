// SPDX-License-Identifier: Apache-2.0
#include "core/log.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <string>

namespace zeroth::log {
namespace {

std::atomic<Level> current_level{Level::kInfo};
constexpr std::array<std::string_view, 4> kNames{"error", "warning", "info", "debug"};
/// The same as syslog numbers them: the journal takes a line's level from "<3>" before it.
constexpr std::array<std::string_view, 4> kPriorities{"<3>", "<4>", "<6>", "<7>"};

/// Whether stderr is the stream that systemd made for this process ($JOURNAL_STREAM is its device
/// and inode). Asked for each line: a daemon may point stderr somewhere else.
bool goes_to_journal() {
    static const char* const stream = std::getenv("JOURNAL_STREAM");
    struct stat status {};
    return stream != nullptr && ::fstat(STDERR_FILENO, &status) == 0 &&
           fmt::format("{}:{}", status.st_dev, status.st_ino) == stream;
}

}  // namespace

void set_level(Level level) { current_level = level; }

bool enabled(Level level) { return level <= current_level.load(std::memory_order_relaxed); }

void line(Level level, std::string_view text) {
    if (!enabled(level)) return;
    const auto index = static_cast<std::size_t>(level);
    const std::string whole =
        fmt::format("{}{}: {}\n", goes_to_journal() ? kPriorities[index] : "", kNames[index], text);
    // A log that cannot be written has nobody left to tell.
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, whole.data(), whole.size());
}

void text(std::string_view lines) {
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, lines.data(), lines.size());
}

}  // namespace zeroth::log
