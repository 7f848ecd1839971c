// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <grp.h>
#include <malloc.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

#include "core/log.hpp"
#include "daemon/adjust/routes.hpp"
#include "daemon/http/listener.hpp"
#include "daemon/machine.hpp"
#include "daemon/routes.hpp"
#include "daemon/service.hpp"

namespace {

namespace asio = boost::asio;
using namespace zeroth;

/// Requests that wait (for XenStore, for a console) at once; others queue behind them.
constexpr std::size_t kWorkers = 8;
/// When stopping: how long a finished request has to reach its client.
constexpr std::chrono::milliseconds kLastWords{50};

struct Options {
    std::string socket = api::kDefaultSocket;
    std::string group;
    std::string hypervisor = "xen";
    daemon::Settings settings;
    bool verbose = false;
};

/// Creates under way are called off; once they are undone and their clients told, nothing is left.
asio::awaitable<void> drain(asio::io_context& io, const daemon::Service& service) {
    asio::steady_timer timer{io};
    do {
        timer.expires_after(kLastWords);
        co_await timer.async_wait(asio::use_awaitable);
    } while (service.busy());
    io.stop();
}

/// Runs until SIGTERM or SIGINT.
Result<> run(const Options& options) {
    daemon::http::Policy policy;
    if (!options.group.empty()) {
        const auto* group = ::getgrnam(options.group.c_str());
        if (group == nullptr) return fail("there is no group '" + options.group + "'");
        policy.reader_group = group->gr_gid;
    }
    ZEROTH_TRY(auto machine, daemon::open_machine(options.hypervisor));
    const auto& xen = machine.xen.version();
    log::info("Xen {}.{}{}, domctl {:#x}, sysctl {:#x}{}", xen.major, xen.minor, xen.extra,
              xen.domctl, xen.sysctl, machine.facts.simulated ? ", simulated" : "");
    daemon::EventLog events{options.settings.state_dir + "/events"};
    const daemon::Ground ground{machine.xen, *machine.grants, *machine.stores,
                                events,      machine.facts,   options.settings};
    daemon::Service service{ground};
    daemon::Adjustments adjustments{ground, service};
    asio::io_context io{1};
    ZEROTH_TRY(auto acceptor, daemon::http::listen(io, options.socket, policy));
    for (const auto& done : service.clear_unfinished()) log::warning("{}", done);
    for (const auto& done : adjustments.recover()) log::warning("{}", done);

    asio::thread_pool workers{kWorkers};
    auto routes = daemon::make_routes(service);
    daemon::add_adjust_routes(routes, service, adjustments);
    const daemon::http::Router router{std::move(routes)};
    const daemon::http::Shared shared{router, workers};
    asio::co_spawn(io, daemon::http::accept_all(acceptor, policy, shared), asio::detached);
    asio::signal_set signals{io, SIGTERM, SIGINT};
    signals.async_wait([&](const boost::system::error_code&, int) {
        acceptor.close();
        service.stop();
        adjustments.stop();
        asio::co_spawn(io, drain(io, service), asio::detached);
    });
    log::info("listening on {}", options.socket);
    io.run();
    workers.join();
    ::unlink(options.socket.c_str());
    log::info("stopped");
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    ::signal(SIGPIPE, SIG_IGN);
    // One heap for all workers: they allocate little, and eight heaps would each keep their peak.
    ::mallopt(M_ARENA_MAX, 1);
    Options options;
    CLI::App app{"xld: makes and keeps Xen's domains; `xl` and other clients talk to it"};
    app.set_version_flag("--version", ZEROTH_VERSION);
    app.add_option("--socket", options.socket, "the Unix socket to listen on")
        ->capture_default_str();
    app.add_option("--group", options.group, "members of this group may read; root alone changes");
    app.add_option("--hypervisor", options.hypervisor,
                   "xen, or sim[:cpus=N,memory=MiB,xen=4.17] for a model of it")
        ->capture_default_str();
    app.add_option("--state-dir", options.settings.state_dir, "notes about creates under way")
        ->capture_default_str();
    app.add_option("--userdata-dir", options.settings.userdata_dir,
                   "where the configs of domains are kept")
        ->capture_default_str();
    app.add_flag("-v,--verbose", options.verbose, "log what happens inside");
    CLI11_PARSE(app, argc, argv);
    if (options.verbose) log::set_level(log::Level::kDebug);
    const auto ended = run(options);
    if (ended) return 0;
    log::error("{}", ended.error().text());
    if (!ended.error().hint().empty()) log::error("{}", ended.error().hint());
    return 1;
}
