// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/resource.h>

#include <csignal>
#include <cstdint>

namespace zeroth::daemon::lives {

/// While there is one, no file of this process grows beyond so many bytes: a write says so (EFBIG),
/// as one in a full file system does.
class FullFile {
public:
    explicit FullFile(std::uint64_t bytes) : handler_{std::signal(SIGXFSZ, SIG_IGN)} {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit now{bytes, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &now);
    }
    ~FullFile() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }
    FullFile(const FullFile&) = delete;
    FullFile& operator=(const FullFile&) = delete;

private:
    rlimit before_{};
    void (*handler_)(int);
};

}  // namespace zeroth::daemon::lives
