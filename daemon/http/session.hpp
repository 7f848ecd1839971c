// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <memory>

#include "daemon/http/admission.hpp"
#include "daemon/http/connection.hpp"
#include "daemon/http/router.hpp"
#include "daemon/http/turnstile.hpp"

namespace zeroth::daemon::http {

/// What a connection's peer may do, found once when it connects.
struct Peer {
    bool may_read = false, may_change = false;
};

/// Told of every request; on the io thread.
class Observer {
public:
    virtual ~Observer() = default;
    /// `route` is nullptr where there is none for it. A reply that goes on is told of at its end.
    virtual void answered(const Route* route, std::string_view method, unsigned status,
                          std::chrono::nanoseconds took) = 0;
};

/// What all sessions share. What is referred to outlives them; the rest they keep, for they may
/// still hold a place when the io_context ends.
struct Shared {
    const Router& router;
    /// Handlers run here, so that one that waits holds up nobody else.
    boost::asio::thread_pool& workers;
    const Limits& limits;
    std::shared_ptr<Turnstile> long_jobs;
    std::shared_ptr<Admission> admission;
    Observer* observer = nullptr;
};

/// Serves one connection until it closes: requests one after another, keep-alive. `place` is held
/// meanwhile.
boost::asio::awaitable<void> serve(Connection::Socket socket, Peer peer, Shared shared,
                                   Admission::Place place);

}  // namespace zeroth::daemon::http
