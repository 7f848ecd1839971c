// SPDX-License-Identifier: Apache-2.0
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "core/log.hpp"
#include "core/process.hpp"
#include "core/unique_fd.hpp"
#include "devd/devd.hpp"
#include "xl/commands/commands.hpp"

namespace zeroth::xl {
namespace {

constexpr auto kLogFile = "/var/log/xen/xldevd.log";
constexpr Option kOptions[]{
    {'F', nullptr, nullptr, "stay in the foreground, and log to stderr"},
    {'p', "pidfile", "FILE", "write the process's id there"},
};

/// Readable once it is time to end.
Result<UniqueFd> take_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGTERM, SIGINT}) sigaddset(&set, signal);
    if (::sigprocmask(SIG_BLOCK, &set, nullptr) != 0) return errno_error("block signals");
    UniqueFd signals{::signalfd(-1, &set, SFD_CLOEXEC)};
    if (!signals) return errno_error("receive signals");
    return signals;
}

/// For poll; -1 for as long as it takes.
int milliseconds_until(const std::optional<devd::Job::Clock::time_point>& time) {
    if (!time) return -1;
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(*time - devd::Job::Clock::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, 1'000'000));
}

/// Until a signal; what runs then is seen to its end, or to a second signal.
Result<> serve(devd::Devd& devices, const UniqueFd& signals) {
    for (bool ending = false;;) {
        ZEROTH_CHECK(devices.step());
        if (ending && devices.is_idle()) return {};
        auto fds = devices.fds();
        fds.push_back({signals.get(), POLLIN, 0});
        if (::poll(fds.data(), fds.size(), milliseconds_until(devices.wake_at())) < 0 &&
            errno != EINTR)
            return errno_error("wait for XenStore");
        if (fds.back().revents == 0) continue;
        signalfd_siginfo signal{};
        [[maybe_unused]] const auto size = ::read(signals.get(), &signal, sizeof signal);
        if (std::exchange(ending, true)) return {};
        devices.wind_up();
    }
}

Result<int> run(Context& context, const Arguments& arguments) {
    std::optional<Background> background;
    if (!arguments.has('F')) {
        ZEROTH_TRY(background, Background::enter());
    }
    ZEROTH_TRY(auto devices, devd::Devd::open());
    ZEROTH_TRY(const auto signals, take_signals());
    std::optional<PidFile> pid_file;
    if (const auto path = arguments.value('p')) {
        ZEROTH_TRY(auto file, PidFile::create(std::string{*path}));
        pid_file.emplace(std::move(file));
    }
    context.progress("devices are seen to from now on");
    if (background) background->ready(kLogFile);
    ZEROTH_CHECK(serve(devices, signals));
    return kSuccess;
}

}  // namespace

constinit const Command kDevd{.name = "devd",
                              .usage = "[options]",
                              .summary = "Run hotplug scripts for devices that this domain serves",
                              .can_dry_run = false,
                              .changes_host = true,
                              .least_words = 0,
                              .most_words = 0,
                              .options = kOptions,
                              .run = run,
                              .reads_conf = false};

}  // namespace zeroth::xl
