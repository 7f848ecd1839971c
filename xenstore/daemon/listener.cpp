// SPDX-License-Identifier: Apache-2.0
#include "xenstore/daemon/listener.hpp"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>

namespace zeroth::xenstored {
namespace {

constexpr int kBacklog = 512;

Result<sockaddr_un> address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof address.sun_path) {
        return fail(fmt::format("socket {}: a path of 1 to {} bytes is needed", path,
                                sizeof address.sun_path - 1));
    }
    std::memcpy(address.sun_path, path.data(), path.size());
    return address;
}

const sockaddr* generic(const sockaddr_un& address) {
    const void* const pointer = &address;
    return static_cast<const sockaddr*>(pointer);
}

Result<UniqueFd> make_socket() {
    UniqueFd socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (!socket) return errno_error("make a socket");
    return socket;
}

/// Whether the path may be taken: nothing is there, or a socket that nobody listens on.
Result<> check_free(const std::string& path) {
    struct stat found {};
    if (::lstat(path.c_str(), &found) != 0) {
        if (errno == ENOENT) return {};
        return errno_error("socket " + path);
    }
    if (!S_ISSOCK(found.st_mode)) return fail(EEXIST, "socket " + path);
    ZEROTH_TRY(const auto probe, make_socket());
    ZEROTH_TRY(const auto address, address_of(path));
    // EAGAIN: somebody listens, and is very busy.
    if (::connect(probe.get(), generic(address), sizeof address) == 0 || errno == EAGAIN) {
        return fail(Error{EADDRINUSE, "socket " + path}.with_hint(
            "another xenstored is running; if it is ours, --replace takes over"));
    }
    if (errno == ECONNREFUSED || errno == ENOENT) return {};
    return errno_error("socket " + path);
}

}  // namespace

Result<UniqueFd> listen_at(const std::string& path) {
    ZEROTH_TRY(const auto address, address_of(path));
    ZEROTH_CHECK(check_free(path));
    ZEROTH_TRY(auto socket, make_socket());
    ::unlink(path.c_str());
    // It has its final mode before anyone can connect.
    if (::bind(socket.get(), generic(address), sizeof address) != 0 ||
        ::chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0 || ::listen(socket.get(), kBacklog) != 0) {
        return errno_error("socket " + path);
    }
    return socket;
}

}  // namespace zeroth::xenstored
