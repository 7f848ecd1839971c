// SPDX-License-Identifier: Apache-2.0
#include "daemon/unfinished.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "core/unique_fd.hpp"

namespace zeroth::daemon {

Result<> Unfinished::begin(const Uuid& uuid) const {
    std::error_code made;
    std::filesystem::create_directories(directory_, made);
    const UniqueFd fd{::open(path(uuid).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)};
    if (!fd) return errno_error("mark the create under way in " + directory_);
    return {};
}

void Unfinished::end(const Uuid& uuid) const { ::unlink(path(uuid).c_str()); }

std::vector<Uuid> Unfinished::all() const {
    std::vector<Uuid> found;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator{directory_, error}) {
        if (const auto uuid = Uuid::parse(entry.path().filename().string())) found.push_back(*uuid);
    }
    return found;
}

}  // namespace zeroth::daemon
