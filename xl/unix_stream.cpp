// SPDX-License-Identifier: Apache-2.0
#include "xl/unix_stream.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <boost/asio/error.hpp>
#include <cstring>

namespace zeroth::xl {
namespace {

boost::system::error_code last_error() { return {errno, boost::system::system_category()}; }

/// The refusals that have a reason worth telling.
Error connect_error(int code, const std::string& path) {
    if (code == ENOENT || code == ECONNREFUSED)
        return Error::message(
            ECONNREFUSED, fmt::format("xld is not running (no answer on {}): start it with `xld &` "
                                      "or /etc/init.d/xencommons start",
                                      path));
    Error error{code, fmt::format("cannot talk to xld on {}", path)};
    if (code == EACCES)
        return std::move(error).with_hint("only root and the group of that socket may");
    return error;
}

}  // namespace

Result<UnixStream> UnixStream::connect(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path)
        return fail(fmt::format("`{}' cannot be the path of xld's socket: from 1 to {} bytes", path,
                                sizeof address.sun_path - 1));
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    UniqueFd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (!fd) return errno_error("cannot make a socket");
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return fail(connect_error(errno, path));
    return UnixStream{std::move(fd)};
}

bool UnixStream::wait(short events, boost::system::error_code& error) {
    pollfd entry{.fd = fd_.get(), .events = events, .revents = 0};
    for (;;) {
        const int ready = ::poll(&entry, 1, static_cast<int>(patience_.count()));
        if (ready > 0) return true;
        if (ready < 0 && errno == EINTR) continue;
        error = ready == 0 ? boost::asio::error::make_error_code(boost::asio::error::timed_out)
                           : last_error();
        return false;
    }
}

std::size_t UnixStream::receive(void* to, std::size_t size, boost::system::error_code& error) {
    error = {};
    if (size == 0 || !wait(POLLIN, error)) return 0;
    const ssize_t received = ::recv(fd_.get(), to, size, 0);
    if (received > 0) return static_cast<std::size_t>(received);
    if (received == 0)
        error = boost::asio::error::make_error_code(boost::asio::error::eof);
    else
        error = last_error();
    return 0;
}

std::size_t UnixStream::send(std::span<iovec> pieces, boost::system::error_code& error) {
    error = {};
    msghdr message{};
    message.msg_iov = pieces.data();
    message.msg_iovlen = pieces.size();
    for (;;) {
        const ssize_t sent = ::sendmsg(fd_.get(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent >= 0) return static_cast<std::size_t>(sent);
        if (errno == EINTR) continue;
        if (errno != EAGAIN) {
            error = last_error();
            return 0;
        }
        if (!wait(POLLOUT, error)) return 0;
    }
}

}  // namespace zeroth::xl
