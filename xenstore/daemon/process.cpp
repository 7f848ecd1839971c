// SPDX-License-Identifier: Apache-2.0
#include "xenstore/daemon/process.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>

#include "core/unique_fd.hpp"

namespace zeroth::xenstored {
namespace {

/// Room for whoever root lets connect.
constexpr rlim_t kDescriptors = 1 << 20;
constexpr std::string_view kOutOfMemoryScore = "-500";

bool write_file(const char* path, int flags, std::string_view text) {
    const UniqueFd file{::open(path, flags | O_WRONLY | O_CLOEXEC, 0644)};
    return file && ::write(file.get(), text.data(), text.size()) == std::ssize(text);
}

}  // namespace

void raise_limits() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    const rlimit more{kDescriptors, std::max(kDescriptors, limit.rlim_max)};
    if (::geteuid() != 0 || ::setrlimit(RLIMIT_NOFILE, &more) != 0) {
        limit.rlim_cur = limit.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
    if (::geteuid() == 0) write_file("/proc/self/oom_score_adj", 0, kOutOfMemoryScore);
}

}  // namespace zeroth::xenstored
