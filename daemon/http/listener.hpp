// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <optional>
#include <string>

#include "core/result.hpp"
#include "daemon/http/session.hpp"

namespace zeroth::daemon::http {

/// Who may do what: root everything; members of the group (and whoever owns this process) read.
struct Policy {
    std::optional<unsigned> reader_group;
};

/// A listening socket at `path`. A socket that nobody answers on is replaced; one that a live
/// process answers on is an Error.
Result<boost::asio::local::stream_protocol::acceptor> listen(boost::asio::io_context& io,
                                                             const std::string& path,
                                                             const Policy& policy);

/// Accepts and serves for ever; those for whom there is no place are told so.
boost::asio::awaitable<void> accept_all(boost::asio::local::stream_protocol::acceptor& acceptor,
                                        Policy policy, Shared shared);

}  // namespace zeroth::daemon::http
