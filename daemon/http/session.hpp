// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/thread_pool.hpp>

#include "daemon/http/router.hpp"

namespace zeroth::daemon::http {

/// What a connection's peer may do, found once when it connects.
struct Peer {
    bool may_read = false, may_change = false;
};

/// What all sessions share; outlives them.
struct Shared {
    const Router& router;
    /// Handlers run here, so that one that waits holds up nobody else.
    boost::asio::thread_pool& workers;
};

/// Serves one connection until it closes: requests one after another, keep-alive.
boost::asio::awaitable<void> serve(boost::asio::local::stream_protocol::socket socket, Peer peer,
                                   Shared shared);

}  // namespace zeroth::daemon::http
