// SPDX-License-Identifier: Apache-2.0
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>

#include <array>
#include <optional>
#include <string>

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

Result<> serve(devd::Devd& devices, const UniqueFd& signals) {
    for (;;) {
        ZEROTH_CHECK(devices.step());
        std::array<pollfd, 2> fds{pollfd{devices.fd(), POLLIN, 0},
                                  pollfd{signals.get(), POLLIN, 0}};
        if (::poll(fds.data(), fds.size(), -1) < 0 && errno != EINTR)
            return errno_error("wait for XenStore");
        if (fds[1].revents != 0) return {};
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
