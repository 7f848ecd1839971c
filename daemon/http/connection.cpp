// SPDX-License-Identifier: Apache-2.0
#include "daemon/http/connection.hpp"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffers_iterator.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>

namespace zeroth::daemon::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast::http;
using boost::system::error_code;

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);
/// What a client may still be saying when it has been answered; more ends in an error for it.
constexpr std::size_t kLingerBytes = 1U << 20;
constexpr std::chrono::milliseconds kLinger{1000};

}  // namespace

/// What a timer's handler may find when it runs late: the connection may be gone by then.
struct Connection::Shared {
    Socket* socket;
    std::uint64_t armed = 0;
    bool passed = false;
};

/// While it lives and its time has passed, what the socket waits for is cancelled.
class Connection::Deadline {
public:
    Deadline(Connection& connection, std::chrono::milliseconds time) : connection_{connection} {
        auto shared = connection.shared_;
        shared->passed = false;
        const auto mine = ++shared->armed;
        connection.timer_.expires_after(time);
        connection.timer_.async_wait([shared, mine](const error_code& error) {
            if (error || shared->armed != mine || shared->socket == nullptr) return;
            shared->passed = true;
            error_code ignored;
            shared->socket->cancel(ignored);
        });
    }
    ~Deadline() {
        ++connection_.shared_->armed;
        connection_.timer_.cancel();
    }
    Deadline(const Deadline&) = delete;
    Deadline& operator=(const Deadline&) = delete;

    /// What an operation ended with, in the light of the time.
    error_code judge(error_code error) const {
        if (!error || !connection_.shared_->passed) return error;
        return asio::error::make_error_code(asio::error::timed_out);
    }

private:
    Connection& connection_;
};

Connection::Connection(Socket socket, const Limits& limits)
    : limits_{limits},
      socket_{std::move(socket)},
      timer_{socket_.get_executor()},
      buffer_{limits.header_bytes + (64U << 10)},
      shared_{std::make_shared<Shared>(&socket_)} {}

Connection::~Connection() { shared_->socket = nullptr; }

asio::awaitable<error_code> Connection::wait_for_request() {
    if (buffer_.size() > 0) co_return error_code{};
    const Deadline deadline{*this, limits_.idle};
    const auto [error] = co_await socket_.async_wait(Socket::wait_read, kToken);
    co_return deadline.judge(error);
}

asio::awaitable<error_code> Connection::read_header(Parser& parser) {
    const Deadline deadline{*this, limits_.header};
    const auto [error, count] = co_await beast::async_read_header(socket_, buffer_, parser, kToken);
    co_return deadline.judge(error);
}

asio::awaitable<error_code> Connection::read_body(Parser& parser) {
    const Deadline deadline{*this, limits_.body};
    const auto [error, count] = co_await beast::async_read(socket_, buffer_, parser, kToken);
    co_return deadline.judge(error);
}

asio::awaitable<error_code> Connection::write(std::string bytes) {
    const Deadline deadline{*this, limits_.write};
    const auto all = asio::buffer(bytes);
    const auto [error, count] = co_await asio::async_write(socket_, all, kToken);
    co_return deadline.judge(error);
}

asio::awaitable<void> Connection::linger() {
    error_code error;
    socket_.shutdown(Socket::shutdown_send, error);
    const Deadline deadline{*this, kLinger};
    std::array<char, 4096> rest;
    for (std::size_t taken = 0; !error && taken < kLingerBytes;) {
        const auto space = asio::buffer(rest);
        const auto [failure, count] = co_await socket_.async_read_some(space, kToken);
        error = failure;
        taken += count;
    }
}

void Connection::on_hang_up(std::function<void()> told) {
    // A socket whose other end is only shut for writing does not hang up: the client waits.
    socket_.async_wait(Socket::wait_error, [told = std::move(told)](const error_code& error) {
        if (!error) told();
    });
}

void Connection::cancel() {
    error_code ignored;
    socket_.cancel(ignored);
}

UniqueFd Connection::release(std::string& early) {
    cancel();
    early.assign(asio::buffers_begin(buffer_.data()), asio::buffers_end(buffer_.data()));
    buffer_.clear();
    error_code failed;
    const int fd = socket_.release(failed);
    return failed ? UniqueFd{} : UniqueFd{fd};
}

}  // namespace zeroth::daemon::http
