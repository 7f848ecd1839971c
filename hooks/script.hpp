// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "core/unique_fd.hpp"

/// Running other people's scripts: bounded in time and output, in a session of their own.
namespace zeroth::hooks {

/// What to run.
struct ScriptCall {
    std::string path;
    std::vector<std::string> arguments = {};
    /// Beside, or instead of, what is in our own environment.
    std::map<std::string, std::string> environment = {};
    std::chrono::milliseconds time_limit{};
};

/// How it ended.
struct ScriptEnd {
    enum class Kind { kExited, kKilled, kTimedOut };

    Kind kind = Kind::kExited;
    /// The exit status, or the number of the signal.
    int status = 0;
    /// The last 64 KiB of what it wrote, to either output.
    std::string output = {};
    /// How much more than that it had written, before.
    std::uint64_t dropped = 0;
    std::chrono::milliseconds took{};

    bool ok() const { return kind == Kind::kExited && status == 0; }
    /// "ended with status 3", "was ended by signal 9 (Killed)", "did not end within 40 s".
    std::string words() const;
    /// The output; and, where it is not all of it, how much is missing.
    std::string said() const;
};

/// A script that runs. To wait for many in one loop, poll both fds for reading until `wake_at()`,
/// and call `step()` whenever one is readable or the time is there. If this object goes before the
/// script has ended, the script and all that it started in its session's process group is killed.
///
/// A process that it leaves behind when it ends well lives on; what that writes goes nowhere.
class Script {
public:
    using Clock = std::chrono::steady_clock;
    static constexpr std::size_t kKeptOutput = std::size_t{64} << 10U;
    /// Between the polite signal and the other, once the time is up.
    static constexpr std::chrono::milliseconds kGrace{2000};

    static Result<Script> start(const ScriptCall& call);
    Script(Script&&) noexcept = default;
    Script& operator=(Script&&) = delete;
    ~Script();

    /// -1 once there is nothing more to come.
    int output_fd() const { return output_.get(); }
    int process_fd() const { return process_.get(); }
    Clock::time_point wake_at() const { return wake_at_; }
    /// What it has written so far.
    const std::string& output() const { return end_.output; }

    /// Nothing while it goes on. Not to be called again after it has said how it ended.
    std::optional<ScriptEnd> step();

private:
    Script(pid_t pid, UniqueFd process, UniqueFd output, std::chrono::milliseconds limit);

    void read_output();
    void end_by_force();
    void kill_group(int signal) const;
    std::optional<ScriptEnd> reap();

    class Pid {
    public:
        explicit Pid(pid_t value) : value_{value} {}
        Pid(Pid&& other) noexcept : value_{std::exchange(other.value_, 0)} {}
        Pid& operator=(Pid&&) = delete;
        ~Pid() = default;
        pid_t get() const { return value_; }
        void clear() { value_ = 0; }

    private:
        pid_t value_;  // 0 once it has been waited for
    };

    Pid pid_;
    UniqueFd process_, output_;
    Clock::time_point started_, wake_at_;
    std::chrono::milliseconds limit_;
    int signals_sent_ = 0;
    ScriptEnd end_;
};

}  // namespace zeroth::hooks
