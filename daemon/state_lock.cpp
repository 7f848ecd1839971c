// SPDX-License-Identifier: Apache-2.0
#include "daemon/state_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <thread>

#include "core/log.hpp"

namespace zeroth::daemon {
namespace {

/// One that was killed takes a moment to be gone: all its memory has to be freed.
constexpr std::chrono::seconds kPatience{3};
constexpr std::chrono::milliseconds kRest{20};

bool is_free(int fd) { return ::flock(fd, LOCK_EX | LOCK_NB) == 0; }

}  // namespace

Result<StateLock> StateLock::take(const std::string& folder) {
    std::error_code made;
    std::filesystem::create_directories(folder, made);
    const auto path = folder + "/lock";
    UniqueFd file{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (!file) {
        log::warning("{}", errno_error("keep other xlds out of " + folder).error().text());
        return StateLock{UniqueFd{}};
    }
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (!is_free(file.get())) {
        if (errno != EWOULDBLOCK) return errno_error("lock " + path);
        if (std::chrono::steady_clock::now() >= end) {
            return fail(
                Error{EADDRINUSE, "work in " + folder}.with_hint("another xld works there"));
        }
        std::this_thread::sleep_for(kRest);
    }
    return StateLock{std::move(file)};
}

}  // namespace zeroth::daemon
