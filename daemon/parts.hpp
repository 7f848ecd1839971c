// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <optional>
#include <vector>

#include "daemon/adjust/adjustments.hpp"
#include "daemon/attachments/attachments.hpp"
#include "daemon/console/service.hpp"
#include "daemon/cpus/pools.hpp"
#include "daemon/cpus/scheduling.hpp"
#include "daemon/ground.hpp"
#include "daemon/http/router.hpp"
#include "daemon/machine.hpp"
#include "daemon/roster.hpp"
#include "daemon/service.hpp"
#include "daemon/supervisor/asker.hpp"
#include "daemon/supervisor/supervisor.hpp"
#include "xenstore/client/async/lasting_client.hpp"

namespace zeroth::daemon {

/// What xld is made of, each part standing on those above it. One at a time may work in a state
/// folder: whoever makes one holds its lock.
class Parts {
public:
    /// `machine`, `settings` and `io` outlive it.
    Parts(const Machine& machine, const Settings& settings, boost::asio::io_context& io);

    /// Finishes or undoes what a former xld left under way, and says what in the log. Blocks.
    void recover();
    /// Begins to watch domains; from then on all happens on the io thread and the workers.
    void start();
    std::vector<http::Route> routes();
    /// What SIGHUP may change.
    void apply(const Settings& settings);
    /// Nothing is begun any more, and what is under way gives up.
    void stop();

    const Ground& ground() const { return ground_; }
    const Service& service() const { return service_; }
    boost::asio::thread_pool& workers() { return workers_; }

private:
    boost::asio::io_context& io_;
    EventLog events_;
    lives::Registry registry_;
    lives::Lanes lanes_;
    Metrics metrics_;
    const Ground ground_;
    Roster roster_;
    Service service_;
    Adjustments adjustments_;
    CpuPools pools_;
    Scheduling scheduling_;
    Attachments attachments_;
    xs::LastingClient store_;
    std::optional<console::Service> consoles_;
    boost::asio::thread_pool workers_;
    Supervisor supervisor_;
    Asker asker_;
};

}  // namespace zeroth::daemon
