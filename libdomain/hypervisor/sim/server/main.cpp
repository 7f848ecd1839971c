// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "core/log.hpp"
#include "libdomain/hypervisor/sim/guests/guests.hpp"
#include "libdomain/hypervisor/sim/machine.hpp"
#include "libdomain/hypervisor/sim/remote/remote.hpp"
#include "libdomain/hypervisor/sim/server/server.hpp"
#include "xenstore/client/endpoint.hpp"

namespace {

using namespace zeroth;
using namespace zeroth::hyper;

struct Options {
    std::string socket = "/run/xen-sim.sock";
    std::uint32_t memory = 4096;
    /// Of an xenstored that does not see the machine; empty where guests use their rings.
    std::string store;
    sim::SimOptions machine;
    std::vector<std::string> command;
};

/// For the whole process: they are waited for, not handled.
sigset_t blocked_signals() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    return set;
}

Result<> serve(Options& options) {
    const auto signals = blocked_signals();
    options.machine.memory = mib(options.memory);
    ZEROTH_TRY(const auto machine, sim::Machine::create(options.machine));
    ZEROTH_TRY(const auto server, sim::Server::create(*machine, options.socket));
    const auto by_socket =
        options.store.empty() ? std::optional<std::string>{} : std::optional{options.store};
    ZEROTH_TRY(const auto guests,
               sim::Guests::start(*machine, by_socket, by_socket.value_or(xs::default_endpoint())));
    log::info("Xen {} with {} CPUs and {} MiB at {}", options.machine.release, options.machine.cpus,
              options.memory, options.socket);
    std::thread serving{[&server] { server->run(); }};
    int number = 0;
    ::sigwait(&signals, &number);
    server->stop();
    serving.join();
    return {};
}

Result<> tell(const Options& options) {
    ZEROTH_TRY(
        const auto answer,
        sim::tell_machine(options.socket, fmt::format("{}", fmt::join(options.command, " "))));
    std::fputs(answer.c_str(), stdout);
    return {};
}

}  // namespace

int main(int argc, char** argv) {
    ::signal(SIGPIPE, SIG_IGN);
    Options options;
    CLI::App app{
        "xen-sim: a machine with a model of Xen and simulated guests, for xld "
        "--hypervisor=sim@PATH "
        "and xenstored --hypervisor=sim@PATH. With a COMMAND, tells the machine that runs: status, "
        "fail OPERATION ERRNO, fail-nth N ERRNO, kill CLIENT before|after N, uses CLIENT, clear, "
        "end DOMID HOW, dom0less PROGRAM enhanced|plain, "
        "passthrough DOMID FRAME IRQ, transcript"};
    app.set_version_flag("--version", ZEROTH_VERSION);
    app.add_option("--socket", options.socket, "the Unix socket to listen on")
        ->capture_default_str();
    app.add_option("--cpus", options.machine.cpus, "physical CPUs")->capture_default_str();
    app.add_option("--memory", options.memory, "memory in MiB")->capture_default_str();
    app.add_option("--xen", options.machine.release, "the release to model, 4.17 to 4.22")
        ->capture_default_str();
    app.add_option("--store", options.store,
                   "socket of an xenstored that does not see the machine (--no-xen); without it, "
                   "guests use their rings");
    app.add_option("COMMAND", options.command, "what to tell the machine that runs");
    CLI11_PARSE(app, argc, argv);
    const auto ended = options.command.empty() ? serve(options) : tell(options);
    if (ended) return 0;
    fmt::print(stderr, "xen-sim: {}\n", ended.error().text());
    if (!ended.error().hint().empty()) fmt::print(stderr, "{}\n", ended.error().hint());
    return 1;
}
