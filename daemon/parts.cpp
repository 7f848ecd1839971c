// SPDX-License-Identifier: Apache-2.0
#include "daemon/parts.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <chrono>

#include "core/log.hpp"
#include "daemon/adjust/routes.hpp"
#include "daemon/attachments/routes.hpp"
#include "daemon/console_report.hpp"
#include "daemon/console_routes.hpp"
#include "daemon/cpus/routes.hpp"
#include "daemon/host_metrics.hpp"
#include "daemon/lives_metrics.hpp"
#include "daemon/routes.hpp"

namespace zeroth::daemon {
namespace {

/// Requests that wait (for XenStore, for a console) at once; others queue behind them.
constexpr std::size_t kWorkers = 8;
/// xenstored may be away for as long as it likes: what was asked of it is asked again.
constexpr xs::Patience kStorePatience{.reply = std::chrono::seconds{60},
                                      .absence = std::chrono::hours{24 * 365}};

console::Settings console_settings(const Settings& settings) {
    const auto& told = settings.console;
    return {.log_folder = told.log_dir,
            .logs = {.size = told.log_size, .files = told.log_files, .folder = told.log_total},
            .limits = {.rate = told.rate, .burst = told.burst},
            .marks = settings.state_dir + "/consoles"};
}

}  // namespace

Parts::Parts(const Machine& machine, const Settings& settings, boost::asio::io_context& io)
    : io_{io},
      events_{settings.state_dir + "/events"},
      registry_{settings.state_dir + "/records"},
      ground_{machine.xen, *machine.grants, *machine.stores, events_,  machine.facts,
              settings,    registry_,       lanes_,          metrics_, *machine.dom0},
      roster_{machine.xen, [] { return xs::Client::connect(); }},
      service_{ground_},
      adjustments_{ground_, service_},
      pools_{ground_, adjustments_},
      scheduling_{ground_, service_, adjustments_},
      attachments_{ground_, service_},
      store_{io.get_executor(), xs::Client::default_path(), kStorePatience},
      workers_{kWorkers},
      supervisor_{ground_, service_, io, workers_, store_},
      asker_{ground_, service_, io, store_} {
    metrics_.collect([this](MetricsPage& page) { collect_host(page, ground_); });
    metrics_.collect([this](MetricsPage& page) { collect_lives(page, registry_); });
    service_.find_holders_by([this](std::string_view name, const std::optional<Uuid>& uuid) {
        return roster_.holders(name, uuid);
    });
    service_.find_devices_by([this](DomainId id) { return attachments_.all(id); });
    if (!machine.channels) return;
    consoles_.emplace(
        console::Service::Parts{
            io, machine.xen, *machine.grants, *machine.channels, store_,
            [this](const console::Happening& what) { events_.append(to_event(what)); }},
        console_settings(settings));
    service_.serve_consoles_by([this](DomainId id) { return consoles_->attach(id); });
    service_.rename_consoles_by(
        [this](DomainId id, const std::string& name) { return consoles_->rename(id, name); });
    metrics_.collect([this](MetricsPage& page) { collect_consoles(page, *consoles_); });
}

void Parts::recover() {
    for (const auto& done : supervisor_.recover()) log::warning("{}", done);
    for (const auto& done : adjustments_.recover()) log::warning("{}", done);
}

void Parts::start() {
    if (consoles_) {
        consoles_->start();
        // Not before: `recover` ends domains whose consoles are not served yet, and who holds them
        // waits for the io thread, which is this one.
        service_.hold_consoles_by([this](DomainId id) { return consoles_->hold(id); });
    }
    boost::asio::co_spawn(io_, supervisor_.watch(), boost::asio::detached);
}

std::vector<http::Route> Parts::routes() {
    auto routes = make_routes(service_, ground_);
    add_adjust_routes(routes, service_, adjustments_);
    add_cpu_routes(routes, {service_, pools_, scheduling_});
    add_device_routes(routes, service_, attachments_);
    add_end_routes(routes, {service_, asker_, events_, io_});
    if (consoles_) add_console_routes(routes, service_, *consoles_, ground_.stores);
    return routes;
}

void Parts::apply(const Settings& settings) {
    if (!consoles_) return;
    consoles_->apply(console_settings(settings));
    consoles_->reopen_logs();
}

void Parts::stop() {
    service_.stop();
    adjustments_.stop();
    supervisor_.stop();
}

}  // namespace zeroth::daemon
