// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <string>

#include "core/result.hpp"
#include "daemon/http/session.hpp"

/// A TCP port for programs of this machine that may only look, such as Prometheus.
namespace zeroth::daemon::http {

/// Listens at "127.0.0.1:9101" or "[::1]:9101". Other addresses than the loopback's are an Error:
/// whoever reaches the port may read, and nobody is asked who he is.
Result<boost::asio::ip::tcp::acceptor> listen_loopback(boost::asio::io_context& io,
                                                       const std::string& address);

/// Accepts and serves for ever. All its clients together have the places of one user.
boost::asio::awaitable<void> accept_readers(boost::asio::ip::tcp::acceptor& acceptor,
                                            Shared shared);

}  // namespace zeroth::daemon::http
