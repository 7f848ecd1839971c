// SPDX-License-Identifier: Apache-2.0
#include "hooks/script.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>

#include "hooks/spawn.hpp"

namespace zeroth::hooks {
namespace {

using std::chrono::milliseconds;

/// How much is read of one script before others get their turn.
constexpr int kReadsPerStep = 16;

/// With FD_CLOEXEC. glibc 2.36 declares its own wrapper in a way that C++ cannot link with.
int pidfd_of(pid_t pid) { return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)); }

std::string seconds(milliseconds time) {
    return fmt::format("{:g} s", static_cast<double>(time.count()) / 1000);
}

}  // namespace

std::string ScriptEnd::words() const {
    switch (kind) {
        case Kind::kExited:
            return fmt::format("ended with status {}", status);
        case Kind::kKilled:
            return fmt::format("was ended by signal {} ({})", status, ::strsignal(status));
        case Kind::kTimedOut:
            break;
    }
    return "did not end within " + seconds(took);
}

std::string ScriptEnd::said() const {
    if (dropped == 0) return output;
    return fmt::format("({} bytes before these are not kept)\n{}", dropped, output);
}

Script::Script(pid_t pid, UniqueFd process, UniqueFd output, milliseconds limit)
    : pid_{pid},
      process_{std::move(process)},
      output_{std::move(output)},
      started_{Clock::now()},
      wake_at_{started_ + limit},
      limit_{limit} {}

Result<Script> Script::start(const ScriptCall& call) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return errno_error("run " + call.path);
    UniqueFd output{ends[0]};
    const UniqueFd input{ends[1]};
    ::fcntl(output.get(), F_SETFL, O_NONBLOCK);
    ZEROTH_TRY(const pid_t pid, spawn(call, input.get()));
    // Its number stays its own until it has been waited for, which only we do.
    UniqueFd process{pidfd_of(pid)};
    const int error = errno;
    Script script{pid, std::move(process), std::move(output), call.time_limit};
    if (!script.process_) return fail(error, "watch " + call.path);
    return script;
}

Script::~Script() {
    if (pid_.get() == 0) return;
    kill_group(SIGKILL);
    ::waitpid(pid_.get(), nullptr, 0);
}

/// Its group bears its number, and the number is nobody else's before it has been waited for.
void Script::kill_group(int signal) const { ::kill(-pid_.get(), signal); }

void Script::read_output() {
    std::array<char, 16384> bytes{};
    for (int reads = 0; reads < kReadsPerStep && output_; ++reads) {
        const ssize_t count = ::read(output_.get(), bytes.data(), bytes.size());
        if (count < 0) return;
        if (count == 0) output_ = UniqueFd{};
        end_.output.append(bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
        if (end_.output.size() <= kKeptOutput) continue;
        const std::size_t surplus = end_.output.size() - kKeptOutput;
        end_.output.erase(0, surplus);
        end_.dropped += surplus;
    }
}

void Script::end_by_force() {
    end_.kind = ScriptEnd::Kind::kTimedOut;
    kill_group(signals_sent_ == 0 ? SIGTERM : SIGKILL);
    ++signals_sent_;
    wake_at_ = Clock::now() + kGrace;
}

std::optional<ScriptEnd> Script::reap() {
    siginfo_t info{};
    const auto id = static_cast<id_t>(process_.get());
    if (::waitid(P_PIDFD, id, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0)
        return std::nullopt;
    // Those that did not go when the script was told to.
    if (end_.kind == ScriptEnd::Kind::kTimedOut) kill_group(SIGKILL);
    read_output();
    ::waitid(P_PIDFD, id, &info, WEXITED);
    pid_.clear();
    end_.took = std::chrono::duration_cast<milliseconds>(Clock::now() - started_);
    if (end_.kind == ScriptEnd::Kind::kTimedOut) {
        end_.took = limit_;
    } else {
        end_.kind =
            info.si_code == CLD_EXITED ? ScriptEnd::Kind::kExited : ScriptEnd::Kind::kKilled;
        end_.status = info.si_status;
    }
    return std::move(end_);
}

std::optional<ScriptEnd> Script::step() {
    read_output();
    if (auto end = reap()) return end;
    if (Clock::now() >= wake_at_) end_by_force();
    return std::nullopt;
}

}  // namespace zeroth::hooks
