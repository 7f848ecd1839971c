// SPDX-License-Identifier: Apache-2.0
#include "daemon/console/log_folder.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "core/log.hpp"

namespace zeroth::daemon::console {

namespace fs = std::filesystem;

void LogFolder::make() const {
    std::error_code error;
    fs::create_directories(path_, error);
    if (error) log::warning("{}: {}", path_, error.message());
}

void LogFolder::end_use(const std::string& name) {
    const auto found = used_.find(name);
    if (found != used_.end() && --found->second == 0) used_.erase(found);
}

void LogFolder::prune() {
    // Each new log and each rotation asks: with a thousand logs that would be a million looks.
    if (calls_left_-- > 0) return;
    std::vector<zeroth::console::LogFile> files;
    std::error_code error;
    for (fs::directory_iterator it{path_, error}, end; !error && it != end; it.increment(error)) {
        const auto name = it->path().filename().string();
        // Others' files are none of our business.
        if (!name.starts_with("guest-") || name.find(".log") == name.npos) continue;
        struct stat status {};
        if (::lstat(it->path().c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
        files.push_back({name, static_cast<std::uint64_t>(status.st_size),
                         static_cast<std::int64_t>(status.st_mtime), used_.contains(name)});
    }
    std::uint64_t size = 0;
    for (const auto& file : files) size += file.size;
    constexpr std::uint64_t kLeast = 15;
    const auto room = (limits_.folder - std::min(limits_.folder, size)) / limits_.size;
    calls_left_ = std::max({kLeast, room, std::uint64_t{files.size()} / 8});
    for (const auto& name : zeroth::console::surplus(std::move(files), limits_.folder)) {
        if (::unlink((path_ + '/' + name).c_str()) == 0) log::info("removed the old log {}", name);
    }
}

}  // namespace zeroth::daemon::console
