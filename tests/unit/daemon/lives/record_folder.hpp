// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdint>
#include <filesystem>
#include <string>

namespace zeroth::daemon::lives {

/// A folder of its own for each test, for the file `path`.
struct RecordFolder : testing::Test {
    RecordFolder() {
        std::string pattern = testing::TempDir() + "records.XXXXXX";
        folder = ::mkdtemp(pattern.data());
        path = folder + "/records";
    }
    ~RecordFolder() override { std::filesystem::remove_all(folder); }

    std::string folder, path;
};

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
