// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/sim/server/server.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <span>
#include <utility>

namespace zeroth::hyper::sim {
namespace {

constexpr int kBacklog = 128;
/// More than there are connections, so that none waits for the next turn.
constexpr int kEvents = 512;

const sockaddr* plain(const sockaddr_un& address) {
    return static_cast<const sockaddr*>(static_cast<const void*>(&address));
}

/// A path that a machine still listens at is left to it; what a dead one left is cleared away.
Result<> make_room(const sockaddr_un& address) {
    const UniqueFd probe{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (!probe) return errno_error("open a socket");
    if (::connect(probe.get(), plain(address), sizeof address) == 0) {
        return fail(EADDRINUSE, address.sun_path);
    }
    if (errno == ECONNREFUSED) ::unlink(address.sun_path);
    return {};
}

Result<UniqueFd> listen_at(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return fail(ENAMETOOLONG, path);
    std::memcpy(address.sun_path, path.data(), path.size());
    ZEROTH_CHECK(make_room(address));
    UniqueFd fd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    if (!fd) return errno_error("open a socket");
    if (::bind(fd.get(), plain(address), sizeof address) != 0 || ::listen(fd.get(), kBacklog) != 0)
        return errno_error("listen at " + path);
    return fd;
}

}  // namespace

Server::Server(Machine& machine, std::string path, UniqueFd listener, UniqueFd epoll, UniqueFd bell)
    : machine_{machine},
      path_{std::move(path)},
      listener_{std::move(listener)},
      epoll_{std::move(epoll)},
      bell_{std::move(bell)} {}

Result<std::unique_ptr<Server>> Server::create(Machine& machine, const std::string& path) {
    ZEROTH_TRY(auto listener, listen_at(path));
    UniqueFd epoll{::epoll_create1(EPOLL_CLOEXEC)};
    UniqueFd bell{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    if (!epoll || !bell) return errno_error("serve the simulated machine");
    for (const int fd : {listener.get(), bell.get()}) {
        epoll_event event{EPOLLIN, {.fd = fd}};
        if (::epoll_ctl(epoll.get(), EPOLL_CTL_ADD, fd, &event) != 0)
            return errno_error("serve the simulated machine");
    }
    return std::unique_ptr<Server>{
        new Server{machine, path, std::move(listener), std::move(epoll), std::move(bell)}};
}

Server::~Server() { ::unlink(path_.c_str()); }

void Server::stop() { ::eventfd_write(bell_.get(), 1); }

void Server::run() {
    for (;;) {
        std::array<epoll_event, kEvents> room;  // NOLINT(*-member-init): filled as far as used
        const int count = ::epoll_wait(epoll_.get(), room.data(), kEvents, -1);
        const auto events = std::span{room}.first(static_cast<std::size_t>(std::max(count, 0)));
        // Who has hung up has done so before anyone asks for what it held: a kernel takes that back
        // before the process is gone.
        for (const auto& event : events) {
            if ((event.events & (EPOLLHUP | EPOLLERR)) != 0) hang_up(event.data.fd);
        }
        for (const auto& event : events) {
            const int fd = event.data.fd;
            if (fd == bell_.get()) return;
            if (fd == listener_.get()) {
                accept_one();
            } else if ((event.events & (EPOLLHUP | EPOLLERR)) == 0) {
                serve(fd);
            }
        }
    }
}

void Server::accept_one() {
    UniqueFd fd{::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
    if (!fd) return;
    epoll_event event{EPOLLIN, {.fd = fd.get()}};
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd.get(), &event) != 0) return;
    const int key = fd.get();
    connections_.emplace(key, std::make_unique<Connection>(machine_, kills_, std::move(fd)));
}

/// What it has asked for before is still done.
void Server::hang_up(int fd) {
    const auto found = connections_.find(fd);
    if (found == connections_.end()) return;
    while (found->second->serve()) continue;
    connections_.erase(found);
}

void Server::serve(int fd) {
    const auto found = connections_.find(fd);
    if (found == connections_.end()) return;
    // Its end gives back what it held.
    if (!found->second->serve()) connections_.erase(found);
}

}  // namespace zeroth::hyper::sim
