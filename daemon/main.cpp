// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <grp.h>
#include <malloc.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <cstdio>
#include <functional>
#include <optional>
#include <utility>

#include "core/log.hpp"
#include "core/process.hpp"
#include "core/service_manager.hpp"
#include "daemon/command_line.hpp"
#include "daemon/domain0.hpp"
#include "daemon/door.hpp"
#include "daemon/machine.hpp"
#include "daemon/parts.hpp"
#include "daemon/settings/reload.hpp"
#include "daemon/state_lock.hpp"

namespace {

namespace asio = boost::asio;
using namespace zeroth;
using daemon::CommandLine;
using daemon::Settings;

/// When stopping: how long a finished request has to reach its client.
constexpr std::chrono::milliseconds kLastWords{50};
constexpr std::chrono::seconds kTryAgain{2};
/// The status for settings that cannot be used, EX_CONFIG of sysexits.h: trying again is no use.
constexpr int kBadSettings = 78;

/// Creates under way are called off; once they are undone and their clients told, nothing is left.
asio::awaitable<void> drain(asio::io_context& io, const daemon::Service& service) {
    asio::steady_timer timer{io};
    do {
        timer.expires_after(kLastWords);
        co_await timer.async_wait(asio::use_awaitable);
    } while (service.busy());
    io.stop();
}

/// For ever: SIGHUP reads the settings again.
asio::awaitable<void> take_reloads(asio::io_context& io, const CommandLine& words,
                                   Settings settings, daemon::Parts& parts) {
    asio::signal_set signals{io, SIGHUP};
    for (;;) {
        co_await signals.async_wait(asio::use_awaitable);
        service_manager::notify_reloading();
        settings = daemon::reload_settings(words.settings, settings);
        log::set_level(settings.log_level);
        parts.apply(settings);
        service_manager::notify("READY=1");
    }
}

/// For ever, or not at all: while the thread of this loop is alive, systemd hears of it.
asio::awaitable<void> beat(asio::io_context& io) {
    service_manager::Heartbeat heart;
    asio::steady_timer timer{io};
    while (const auto left = heart.left()) {
        timer.expires_after(*left);
        co_await timer.async_wait(asio::use_awaitable);
        heart.beat();
    }
}

/// What a burst of creates has left in the heap goes back to Linux when it is over. Nothing is done
/// where no page has come since.
asio::awaitable<void> give_back_memory(asio::io_context& io, asio::thread_pool& workers) {
    asio::steady_timer timer{io};
    for (long before = 0;;) {
        timer.expires_after(std::chrono::seconds{10});
        co_await timer.async_wait(asio::use_awaitable);
        rusage usage{};
        ::getrusage(RUSAGE_SELF, &usage);
        if (std::exchange(before, usage.ru_minflt) != usage.ru_minflt)
            asio::post(workers, [] { ::malloc_trim(0); });
    }
}

asio::awaitable<Result<>> domain0_work(const daemon::Ground& ground) {
    co_return daemon::set_up_domain0(ground);
}

/// Until it is done: xenstored may come later than xld.
asio::awaitable<void> see_to_domain0(asio::io_context& io, asio::thread_pool& workers,
                                     const daemon::Ground& ground) {
    asio::steady_timer timer{io};
    for (bool told = false;; told = true) {
        auto work = domain0_work(ground);
        const auto done = co_await asio::co_spawn(workers, std::move(work), asio::use_awaitable);
        if (done) co_return;
        if (!told) log::warning("domain 0's nodes in XenStore: {}", done.error().text());
        timer.expires_after(kTryAgain);
        co_await timer.async_wait(asio::use_awaitable);
    }
}

Result<daemon::http::Policy> policy_of(const Settings& settings) {
    daemon::http::Policy policy;
    if (settings.group.empty()) return policy;
    const auto* group = ::getgrnam(settings.group.c_str());
    if (group == nullptr) return fail("there is no group '" + settings.group + "'");
    policy.reader_group = group->gr_gid;
    return policy;
}

/// Runs until SIGTERM or SIGINT; `on_ready` is called once it serves.
template <class OnReady>
Result<> serve(const CommandLine& words, const Settings& settings, OnReady on_ready) {
    ZEROTH_TRY(const auto policy, policy_of(settings));
    ZEROTH_TRY(const auto machine, daemon::open_machine(settings.hypervisor));
    const auto& xen = machine.xen.version();
    log::info("Xen {}.{}{}, domctl {:#x}, sysctl {:#x}{}", xen.major, xen.minor, xen.extra,
              xen.domctl, xen.sysctl, machine.facts.simulated ? ", simulated" : "");
    // Before the socket: of two that start at once, each would take the other's for a stale one.
    ZEROTH_TRY(const auto lock, daemon::StateLock::take(settings.state_dir));
    asio::io_context io{1};
    ZEROTH_TRY(auto acceptor, daemon::http::listen(io, settings.socket, policy));
    daemon::Parts parts{machine, settings, io};
    parts.recover();
    parts.start();
    daemon::Door door{io, parts.workers(), parts.routes(), parts.ground().metrics};
    door.open(std::move(acceptor), policy);
    ZEROTH_CHECK(door.open_for_scrapes(settings.metrics_listen));
    asio::signal_set signals{io, SIGTERM, SIGINT};
    signals.async_wait([&](const boost::system::error_code&, int) {
        service_manager::notify("STOPPING=1");
        door.close();
        parts.stop();
        asio::co_spawn(io, drain(io, parts.service()), asio::detached);
    });
    asio::co_spawn(io, take_reloads(io, words, settings, parts), asio::detached);
    asio::co_spawn(io, beat(io), asio::detached);
    asio::co_spawn(io, give_back_memory(io, parts.workers()), asio::detached);
    if (!daemon::set_up_domain0(parts.ground()))
        asio::co_spawn(io, see_to_domain0(io, parts.workers(), parts.ground()), asio::detached);
    ZEROTH_CHECK(on_ready());
    io.run();
    parts.workers().join();
    ::unlink(settings.socket.c_str());
    log::info("stopped");
    return {};
}

Result<> run(const CommandLine& words, const Settings& settings) {
    std::optional<Background> background;
    if (words.place == CommandLine::Place::kBackground) {
        ZEROTH_TRY(background, Background::enter());
    }
    std::optional<PidFile> pid_file;
    return serve(words, settings, [&]() -> Result<> {
        if (!words.pid_file.empty()) {
            ZEROTH_TRY(auto file, PidFile::create(words.pid_file));
            pid_file.emplace(std::move(file));
        }
        log::info("listening on {}", settings.socket);
        service_manager::notify("READY=1");
        if (background) background->ready(words.log_file);
        return {};
    });
}

int complain(const Error& error) {
    log::error("{}", error.text());
    if (!error.hint().empty()) log::error("{}", error.hint());
    return 1;
}

/// Three files for each console: more than the usual 1024 for some hundreds of domains.
void allow_many_files() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 65536);
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int argc, char** argv) {
    ::signal(SIGPIPE, SIG_IGN);
    allow_many_files();
    use_small_pages();
    // One heap for all workers: they allocate little, and eight heaps would each keep their peak.
    ::mallopt(M_ARENA_MAX, 1);
    const auto parsed = daemon::parse_command_line(argc, argv);
    if (const auto* const status = std::get_if<int>(&parsed)) return *status;
    const auto& words = std::get<CommandLine>(parsed);
    const auto colour = ::isatty(STDERR_FILENO) == 1 ? config::Colour::kYes : config::Colour::kNo;
    const auto loaded = daemon::load_settings(words.settings, colour);
    if (!loaded) {
        complain(loaded.error());
        return kBadSettings;
    }
    log::text(loaded->messages);
    if (words.act == CommandLine::Act::kCheckConfig) {
        if (loaded->settings) fmt::print("{}: ok\n", words.settings.file);
        return loaded->settings ? 0 : kBadSettings;
    }
    if (!loaded->settings) return kBadSettings;
    log::set_level(loaded->settings->log_level);
    const auto ended = run(words, *loaded->settings);
    return ended ? 0 : complain(ended.error());
}
