// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <fstream>

#include "core/log.hpp"
#include "xenstore/daemon/process.hpp"

namespace zeroth::xenstored {
namespace {

/// The one that runs needs a turn of its loop, not seconds.
constexpr int kPatienceMs = 10'000;

bool is_xenstored(pid_t pid) {
    std::ifstream file{fmt::format("/proc/{}/comm", pid)};
    std::string name;
    return std::getline(file, name) && name == "xenstored";
}

/// By descriptor: the number may be another process's by the time that we use it.
Result<> end_process(pid_t pid) {
    const auto handle = ::syscall(SYS_pidfd_open, pid, 0);
    if (handle < 0 && errno == ESRCH) return {};
    if (handle < 0) return errno_error(fmt::format("ask process {} to go", pid));
    const UniqueFd process{static_cast<int>(handle)};
    if (!is_xenstored(pid)) {
        return fail(fmt::format("process {} holds the journal, and is no xenstored", pid));
    }
    if (::syscall(SYS_pidfd_send_signal, process.get(), SIGTERM, nullptr, 0) != 0)
        return errno_error(fmt::format("ask xenstored, pid {}, to go", pid));
    pollfd ended{process.get(), POLLIN, 0};
    if (::poll(&ended, 1, kPatienceMs) == 1) return {};
    return fail(ETIMEDOUT, fmt::format("wait for xenstored, pid {}, to go", pid));
}

}  // namespace

Result<JournalLock> own_journal(const std::string& path, Takeover takeover) {
    // Whoever comes between us and the one that went is asked in turn.
    for (int tries = 0; tries < 3; ++tries) {
        ZEROTH_TRY(auto taken, JournalLock::take(path));
        if (auto* const lock = std::get_if<JournalLock>(&taken)) return std::move(*lock);
        const pid_t holder = std::get<JournalLock::Holder>(taken);
        if (takeover == Takeover::kRefuse) {
            return fail(
                fmt::format("xenstored is running already, pid {}; --replace takes over", holder));
        }
        log::info("taking over from xenstored, pid {}", holder);
        ZEROTH_CHECK(end_process(holder));
    }
    return fail(EBUSY, "take over the journal " + path);
}

}  // namespace zeroth::xenstored
