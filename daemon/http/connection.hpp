// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/system/error_code.hpp>
#include <functional>
#include <memory>
#include <string>

#include "core/unique_fd.hpp"
#include "daemon/http/limits.hpp"

namespace zeroth::daemon::http {

/// A client's socket with a time limit to whatever is done with it. One coroutine uses it.
class Connection {
public:
    using Socket = boost::asio::generic::stream_protocol::socket;
    using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
    template <class T>
    using Awaitable = boost::asio::awaitable<T>;
    using ErrorCode = boost::system::error_code;

    Connection(Socket socket, const Limits& limits);
    ~Connection();

    /// Until the first byte of a request is there.
    Awaitable<ErrorCode> wait_for_request();
    Awaitable<ErrorCode> read_header(Parser& parser);
    Awaitable<ErrorCode> read_body(Parser& parser);
    /// All of it, or an error: also when the client did not read it in time.
    Awaitable<ErrorCode> write(std::string bytes);
    /// Tells the client that this was all, and lets it finish what it was saying, so that it reads
    /// our last words instead of an error.
    Awaitable<void> linger();

    /// Calls `told` when the client has closed its end, unless a write finds out first.
    void on_hang_up(std::function<void()> told);
    /// Forgets what on_hang_up asked for.
    void cancel();

    /// Gives the socket away, and what was read from it beyond the last request.
    UniqueFd release(std::string& early);

    boost::asio::any_io_executor executor() { return socket_.get_executor(); }
    const Limits& limits() const { return limits_; }

private:
    class Deadline;
    struct Shared;

    const Limits& limits_;
    Socket socket_;
    boost::asio::steady_timer timer_;
    boost::beast::flat_buffer buffer_;
    std::shared_ptr<Shared> shared_;
};

}  // namespace zeroth::daemon::http
