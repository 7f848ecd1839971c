// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <set>
#include <string>

#include "core/result.hpp"
#include "daemon/console/channels.hpp"
#include "daemon/console/hub.hpp"
#include "libdomain/hypervisor/hypervisor.hpp"
#include "libdomain/hypervisor/newcomers.hpp"
#include "xenstore/client/async/lasting_client.hpp"

namespace zeroth::daemon::console {

/// Finds the consoles of all domains in XenStore, whoever made them, has the Hub serve them, and
/// says in XenStore where their terminals are. Belongs to the io thread.
class Finder {
public:
    Finder(boost::asio::io_context& io, Hub& hub, const hyper::Hypervisor& xen,
           xs::LastingClient& store)
        : io_{io},
          hub_{hub},
          xen_{xen},
          store_{store},
          channels_{io, hub, store},
          newcomers_{xen} {}

    /// For ever: births and deaths of domains.
    void start();
    enum class Age {
        /// Made just now: nothing that was printed before is its own.
        kNew,
        kUnknown,
    };
    /// Serves all consoles of a domain that there are nodes of. An Error: one could not be served,
    /// for another reason than that somebody else does.
    boost::asio::awaitable<Result<>> look(DomainId domain, Age age);

private:
    boost::asio::awaitable<void> follow(std::string special);
    boost::asio::awaitable<Result<>> follow_once(std::string special);
    boost::asio::awaitable<void> sweep();
    boost::asio::awaitable<void> sweep_now_and_then();
    boost::asio::awaitable<void> meet_newcomers();
    boost::asio::awaitable<void> wait_for_nodes(DomainId domain);
    boost::asio::awaitable<Result<>> wait_for_nodes_once(DomainId domain);
    Result<std::shared_ptr<Console>> serve(const Description& description);
    void forget(DomainId domain);

    boost::asio::io_context& io_;
    Hub& hub_;
    const hyper::Hypervisor& xen_;
    xs::LastingClient& store_;
    Channels channels_;
    hyper::Newcomers newcomers_;
    /// Domains that were there when we came are of unknown age.
    bool swept_ = false;
    /// Those that have been looked at, and those whose nodes are waited for.
    std::set<DomainId> seen_, waiting_;
    /// Consoles that somebody else serves; said once.
    std::set<Key> others_;
};

}  // namespace zeroth::daemon::console
