// SPDX-License-Identifier: Apache-2.0
#include "daemon/http/listener.hpp"

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <filesystem>
#include <vector>

#include "core/log.hpp"
#include "daemon/http/head.hpp"

namespace zeroth::daemon::http {
namespace {

namespace asio = boost::asio;
using Protocol = asio::local::stream_protocol;
using boost::system::error_code;

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);
/// While there are no file descriptors left, wait before trying again.
constexpr std::chrono::milliseconds kBackoff{100};

bool in_group(const ucred& peer, unsigned group) {
    if (peer.gid == group) return true;
    const passwd* user = ::getpwuid(peer.uid);
    if (user == nullptr) return false;
    int count = 64;
    std::vector<gid_t> groups(static_cast<std::size_t>(count));
    if (::getgrouplist(user->pw_name, peer.gid, groups.data(), &count) < 0) {
        groups.resize(static_cast<std::size_t>(count));
        ::getgrouplist(user->pw_name, peer.gid, groups.data(), &count);
    }
    return std::ranges::find(groups, group) != groups.end();
}

/// Nobody, where the kernel does not tell.
ucred credentials(Protocol::socket& socket) {
    ucred peer{0, static_cast<uid_t>(-1), static_cast<gid_t>(-1)};
    socklen_t size = sizeof peer;
    ::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size);
    return peer;
}

Peer identify(const ucred& peer, const Policy& policy) {
    const bool owner = peer.uid == 0 || peer.uid == ::geteuid();
    return {owner || (policy.reader_group && in_group(peer, *policy.reader_group)), owner};
}

/// Said without waiting: it fits into a socket that nothing was written to.
void turn_away(Protocol::socket& socket) {
    Framing framing;
    framing.keep_alive = false;
    auto reply = problem(503, "Service Unavailable", "too many connections");
    reply.fields.emplace_back("Retry-After", "1");
    const std::string bytes = whole(reply, framing);
    ::send(socket.native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

bool somebody_answers(asio::io_context& io, const std::string& path) {
    Protocol::socket probe{io};
    error_code error;
    probe.connect(Protocol::endpoint{path}, error);
    return !error;
}

}  // namespace

Result<Protocol::acceptor> listen(asio::io_context& io, const std::string& path,
                                  const Policy& policy) {
    std::error_code made;
    std::filesystem::create_directories(std::filesystem::path{path}.parent_path(), made);
    if (path.size() >= sizeof(sockaddr_un::sun_path)) return fail(ENAMETOOLONG, path);
    if (somebody_answers(io, path)) {
        return fail(Error{EADDRINUSE, "listen on " + path}.with_hint("another xld serves it"));
    }
    struct stat status {};
    if (::lstat(path.c_str(), &status) == 0) {
        if (!S_ISSOCK(status.st_mode))
            return fail(EEXIST, "listen on " + path + ", which is no socket");
        ::unlink(path.c_str());
    }
    Protocol::acceptor acceptor{io};
    error_code error;
    acceptor.open(Protocol{}, error);
    if (!error) acceptor.bind(Protocol::endpoint{path}, error);
    if (!error) acceptor.listen(Protocol::acceptor::max_listen_connections, error);
    if (error) return fail(Error{error.value(), "listen on " + path});
    if (policy.reader_group &&
        ::chown(path.c_str(), static_cast<uid_t>(-1), *policy.reader_group) != 0) {
        log::warning("cannot give {} to group {}: its members cannot read", path,
                     *policy.reader_group);
    }
    ::chmod(path.c_str(), policy.reader_group ? 0660 : 0600);
    return acceptor;
}

asio::awaitable<void> accept_all(Protocol::acceptor& acceptor, Policy policy, Shared shared) {
    const auto executor = acceptor.get_executor();
    for (;;) {
        auto [error, socket] = co_await acceptor.async_accept(kToken);
        if (error == asio::error::operation_aborted) co_return;
        if (error) {
            asio::steady_timer timer{executor, kBackoff};
            co_await timer.async_wait(kToken);
            continue;
        }
        const ucred who = credentials(socket);
        auto place = shared.admission->admit(who.uid);
        if (!place) {
            turn_away(socket);
            continue;
        }
        const Peer peer = identify(who, policy);
        asio::co_spawn(executor, serve(std::move(socket), peer, shared, *std::move(place)),
                       asio::detached);
    }
}

}  // namespace zeroth::daemon::http
