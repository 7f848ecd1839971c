// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <memory>

#include "daemon/http/connection.hpp"
#include "daemon/http/head.hpp"

/// The answers that go on. Each says whether the connection is still good for a next request.
namespace zeroth::daemon::http {

/// Runs the job and passes its lines on, until it ends.
boost::asio::awaitable<bool> send_lines(Connection& connection, const LineJob& job,
                                        boost::asio::thread_pool& workers, Framing framing);
/// Passes on what the feed gives, until it ends or the client does not read.
boost::asio::awaitable<bool> send_feed(Connection& connection, std::unique_ptr<Feed> feed,
                                       Framing framing);
/// Says that the protocol changes, and gives the socket away.
boost::asio::awaitable<bool> hand_over(Connection& connection, const Upgrade& upgrade);

}  // namespace zeroth::daemon::http
