// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/kills/store_proxy.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cstring>
#include <utility>

namespace zeroth::testing {
namespace {

sockaddr_un address_of(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    return address;
}
const sockaddr* plain(const sockaddr_un& address) {
    return static_cast<const sockaddr*>(static_cast<const void*>(&address));
}

bool send_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

/// False once the other side is gone.
bool receive(int fd, std::string& bytes) {
    std::array<char, 16384> room;  // NOLINT(*-member-init): filled as far as used
    const auto got = ::recv(fd, room.data(), room.size(), 0);
    if (got <= 0) return false;
    bytes.append(room.data(), static_cast<std::size_t>(got));
    return true;
}

}  // namespace

Result<std::unique_ptr<StoreProxy>> StoreProxy::create(const std::string& path,
                                                       const std::string& store) {
    const auto address = address_of(path);
    UniqueFd listener{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    UniqueFd bell{::eventfd(0, EFD_CLOEXEC)};
    if (!listener || !bell || ::bind(listener.get(), plain(address), sizeof address) != 0 ||
        ::listen(listener.get(), 64) != 0) {
        return errno_error("listen at " + path);
    }
    std::unique_ptr<StoreProxy> proxy{
        new StoreProxy{path, store, std::move(listener), std::move(bell)}};
    proxy->thread_ = std::thread{[self = proxy.get()] { self->run(); }};
    return proxy;
}

StoreProxy::~StoreProxy() {
    ::eventfd_write(bell_.get(), 1);
    thread_.join();
    ::unlink(path_.c_str());
}

void StoreProxy::arm(pid_t client, When when, std::uint64_t n) {
    const std::scoped_lock lock{mutex_};
    armed_ = {client, when, n};
}
void StoreProxy::disarm() {
    const std::scoped_lock lock{mutex_};
    armed_.reset();
}
std::vector<StoreProxy::Seen> StoreProxy::take_seen() {
    const std::scoped_lock lock{mutex_};
    return std::exchange(seen_, {});
}

void StoreProxy::run() {
    for (;;) {
        std::vector<pollfd> fds{{bell_.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}};
        std::vector<Connection*> order;
        for (auto& connection : connections_) {
            fds.push_back({connection.client.get(), POLLIN, 0});
            fds.push_back({connection.server.get(), POLLIN, 0});
            order.push_back(&connection);
        }
        if (::poll(fds.data(), fds.size(), -1) < 0) continue;
        if (fds[0].revents != 0) return;
        for (std::size_t i = 0; i < order.size(); ++i) {
            // Answers first: they are of what was asked before.
            if (fds[3 + 2 * i].revents != 0) hear_server(*order[i]);
            if (fds[2 + 2 * i].revents != 0) hear_client(*order[i]);
        }
        connections_.remove_if([](const Connection& connection) { return connection.over; });
        if (fds[1].revents != 0) accept_one();
    }
}

void StoreProxy::accept_one() {
    Connection connection;
    connection.client = UniqueFd{::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
    connection.server = UniqueFd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    const auto address = address_of(store_);
    ucred peer{};
    socklen_t size = sizeof peer;
    if (!connection.client || !connection.server ||
        ::getsockopt(connection.client.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 ||
        ::connect(connection.server.get(), plain(address), sizeof address) != 0) {
        return;
    }
    connection.pid = peer.pid;
    connections_.push_back(std::move(connection));
}

bool StoreProxy::may_pass(Connection& connection, const xs::Frame& request) {
    const std::scoped_lock lock{mutex_};
    seen_.push_back({request.type, request.transaction_id != 0});
    if (!armed_ || armed_->client != connection.pid || --armed_->left > 0) return true;
    const auto when = std::exchange(armed_, std::nullopt)->when;
    if (when == When::kAfter) {
        connection.last = connection.passed + 1;
        return true;
    }
    ::kill(connection.pid, SIGKILL);
    return false;
}

void StoreProxy::hear_client(Connection& connection) {
    if (!receive(connection.client.get(), connection.from_client)) {
        connection.over = true;
        return;
    }
    while (!connection.over && !connection.last) {
        const auto frame = xs::parse_frame(connection.from_client);
        if (!frame) connection.over = true;
        if (!frame || !*frame) return;
        const auto size = (*frame)->size();
        connection.over = !may_pass(connection, **frame) ||
                          !send_all(connection.server.get(),
                                    std::string_view{connection.from_client}.substr(0, size));
        ++connection.passed;
        connection.from_client.erase(0, size);
    }
}

void StoreProxy::hear_server(Connection& connection) {
    if (!receive(connection.server.get(), connection.from_server)) {
        connection.over = true;
        return;
    }
    while (!connection.over) {
        const auto frame = xs::parse_frame(connection.from_server);
        if (!frame) connection.over = true;
        if (!frame || !*frame) return;
        const auto size = (*frame)->size();
        if ((*frame)->type != xs::MessageType::kWatchEvent) ++connection.answered;
        if (connection.last == connection.answered) {
            ::kill(connection.pid, SIGKILL);
            connection.over = true;
            return;
        }
        connection.over = !send_all(connection.client.get(),
                                    std::string_view{connection.from_server}.substr(0, size));
        connection.from_server.erase(0, size);
    }
}

}  // namespace zeroth::testing
