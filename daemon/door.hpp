// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/thread_pool.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "daemon/host_metrics.hpp"
#include "daemon/http/listener.hpp"

namespace zeroth::daemon {

/// xld's sockets, and what is behind them.
class Door {
public:
    Door(boost::asio::io_context& io, boost::asio::thread_pool& workers,
         std::vector<http::Route> routes, Metrics& metrics);

    /// The whole API at a Unix socket that listens (http::listen).
    void open(boost::asio::local::stream_protocol::acceptor acceptor, const http::Policy& policy);
    /// /metrics, and nothing else, at a loopback address; nothing where that is empty.
    Result<> open_for_scrapes(const std::string& address);
    /// No more connections; those that are there go on.
    void close();

private:
    boost::asio::io_context& io_;
    http::Limits limits_;
    RequestMetrics requests_;
    http::Router router_, scrapes_;
    http::Shared shared_, scraping_;
    std::optional<boost::asio::local::stream_protocol::acceptor> acceptor_;
    std::optional<boost::asio::ip::tcp::acceptor> loopback_;
};

}  // namespace zeroth::daemon
