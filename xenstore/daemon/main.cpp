// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>

#include <cstdio>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/log.hpp"
#include "core/process.hpp"
#include "core/service_manager.hpp"
#include "libdomain/hypervisor/sim/remote/remote.hpp"
#include "libdomain/hypervisor/xen/xen.hpp"
#include "xenstore/daemon/hosts.hpp"
#include "xenstore/daemon/listener.hpp"
#include "xenstore/daemon/options.hpp"
#include "xenstore/daemon/process.hpp"
#include "xenstore/daemon/server.hpp"

namespace {

using namespace zeroth;
using namespace zeroth::xenstored;

constexpr const char* kLogFile = "/var/log/xen/xenstored.log";
constexpr int kBadUsage = 2;

Error with_way_out(Error error) {
    if (!error.is(ENOENT) && !error.is(ENODEV) && !error.is(ENXIO)) return error;
    return std::move(error).with_hint(
        "not running on Xen, or xen-evtchn, xen-gntdev or xen-privcmd is not loaded; --no-xen "
        "serves sockets alone");
}

Result<XenDevices> open_devices(const std::string& machine) {
    if (!machine.empty()) {
        ZEROTH_TRY(auto privcmd, hyper::sim::open_remote_privcmd(machine));
        ZEROTH_TRY(auto channels, hyper::sim::open_remote_event_channels(machine));
        ZEROTH_TRY(auto grants, hyper::sim::open_remote_grant_table(machine));
        return XenDevices{std::move(privcmd), std::move(channels), std::move(grants)};
    }
    ZEROTH_TRY(auto privcmd, hyper::open_privcmd());
    ZEROTH_TRY(auto channels, hyper::open_event_channels());
    ZEROTH_TRY(auto grants, hyper::open_grant_table());
    return XenDevices{std::move(privcmd), std::move(channels), std::move(grants)};
}

/// The lock of the journal is the right to be the xenstored of this host; what is opened before it
/// is what can fail while the one that runs may still go on.
Result<std::unique_ptr<Journal>> open_journal(const Options& options) {
    if (!options.journal) return std::unique_ptr<Journal>{};
    const auto takeover =
        options.other == Options::Other::kReplace ? Takeover::kReplace : Takeover::kRefuse;
    ZEROTH_TRY(auto lock, own_journal(*options.journal, takeover));
    ZEROTH_TRY(const auto boot, boot_id());
    return Journal::open(std::move(lock), boot);
}

void make_folder_of(const std::string& path) {
    const auto slash = path.rfind('/');
    if (slash != std::string::npos && slash > 0) ::mkdir(path.substr(0, slash).c_str(), 0755);
}

/// Goes on from the journal, or begins anew.
Result<> recover(Store& store, Journal* journal, XenHost* xen) {
    if (journal != nullptr)
        ZEROTH_CHECK(journal->replay([&](const Change& change) { return store.apply(change); }));
    if (xen != nullptr) ZEROTH_CHECK(xen->watch_domains());
    store.recovered();
    if (xen != nullptr) {
        xen->recovered(store);
    } else if (!store.ring(kDomain0)) {
        store.introduce_kernel(Port{});
    }
    if (store.failure()) return fail(*store.failure());
    return {};
}

/// Until it is asked to end; `on_ready` is called once it serves.
template <class OnReady>
Result<> serve(const Options& options, OnReady on_ready) {
    Trace trace;
    if (!options.trace_file.empty()) {
        ZEROTH_TRY(trace, Trace::open(options.trace_file));
    }
    ZEROTH_TRY(const auto loop, EventLoop::create());
    std::unique_ptr<XenHost> xen;
    if (options.xen == Options::Xen::kUse) {
        auto devices = open_devices(options.machine);
        if (!devices && options.machine.empty())
            return fail(with_way_out(std::move(devices).error()));
        if (!devices) return fail(std::move(devices).error());
        const auto kernel = options.machine.empty() ? KernelFiles{} : KernelFiles{{}, {}};
        ZEROTH_TRY(xen, XenHost::create(*loop, *std::move(devices), trace, kernel));
    }
    ZEROTH_TRY(const auto journal, open_journal(options));
    ZEROTH_TRY(auto listener, listen_at(options.socket));
    NoXen no_xen;
    NoJournal no_journal;
    Store store{options.store, xen ? static_cast<Host&>(*xen) : no_xen,
                journal ? static_cast<ChangeSink&>(*journal) : no_journal};
    store.set_log(trace);
    ZEROTH_CHECK(recover(store, journal.get(), xen.get()));
    ZEROTH_TRY(const auto clients, Clients::create(*loop, store, trace, std::move(listener)));
    Server server{*loop, store, journal.get(), *clients, xen.get(), trace};
    ZEROTH_CHECK(server.take_signals());
    ZEROTH_CHECK(on_ready());
    auto ended = server.run();
    ::unlink(options.socket.c_str());
    return ended;
}

Result<> run(const Options& options) {
    make_folder_of(options.socket);
    if (options.journal) make_folder_of(*options.journal);
    std::optional<Background> background;
    if (options.place == Options::Place::kBackground) {
        ZEROTH_TRY(background, Background::enter());
    }
    raise_limits();
    std::optional<PidFile> pid_file;
    const auto on_ready = [&]() -> Result<> {
        if (!options.pid_file.empty()) {
            ZEROTH_TRY(auto file, PidFile::create(options.pid_file));
            pid_file.emplace(std::move(file));
        }
        log::info("serving {}", options.socket);
        service_manager::notify("READY=1");
        if (background) background->ready(kLogFile);
        return {};
    };
    return serve(options, on_ready);
}

int complain(const Error& error) {
    log::error("{}", error.text());
    if (!error.hint().empty()) log::error("{}", error.hint());
    return 1;
}

}  // namespace

int main(int argc, char** argv) {
    ::signal(SIGPIPE, SIG_IGN);
    // A journal that may not grow is an error where it is written.
    ::signal(SIGXFSZ, SIG_IGN);
    use_small_pages();
    const auto parsed = parse_options(std::span{argv, static_cast<std::size_t>(argc)});
    if (!parsed) {
        complain(parsed.error());
        return kBadUsage;
    }
    if (const auto* const notice = std::get_if<Notice>(&*parsed)) {
        std::fputs(notice->c_str(), stdout);
        return 0;
    }
    const auto& options = std::get<Options>(*parsed);
    for (const auto& note : options.notes) log::info("{}", note);
    const auto ended = run(options);
    return ended ? 0 : complain(ended.error());
}
