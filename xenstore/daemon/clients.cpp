// SPDX-License-Identifier: Apache-2.0
#include "xenstore/daemon/clients.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "core/log.hpp"
#include "xenstore/daemon/client.hpp"

namespace zeroth::xenstored {
namespace {

/// Per turn.
constexpr int kAccepts = 16;
/// How long to leave newcomers waiting once descriptors or memory have run out.
constexpr std::chrono::milliseconds kAcceptPause{200};

}  // namespace

Result<std::unique_ptr<Clients>> Clients::create(EventLoop& loop, Store& store, Trace& trace,
                                                 UniqueFd listener) {
    const int fd = listener.get();
    std::unique_ptr<Clients> clients{new Clients{loop, store, trace, std::move(listener)}};
    ZEROTH_CHECK(loop.add(fd, EPOLLIN, *clients));
    return clients;
}

Clients::Clients(EventLoop& loop, Store& store, Trace& trace, UniqueFd listener)
    : loop_{loop}, store_{store}, trace_{trace}, listener_{std::move(listener)} {}

Clients::~Clients() = default;

void Clients::ready(std::uint32_t) {
    for (int i = 0; i < kAccepts; ++i) {
        UniqueFd socket{::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)};
        if (socket) {
            pause_told_ = false;
            adopt(std::move(socket));
            continue;
        }
        if (errno == EINTR || errno == ECONNABORTED) continue;
        if (errno != EAGAIN) pause_accepting();
        return;
    }
}

void Clients::adopt(UniqueFd socket) {
    const ConnectionId id = store_.connect();
    auto client = std::make_unique<Client>(*this, std::move(socket), id);
    if (const auto added = loop_.add(client->fd(), Client::kAtFirst, *client); !added) {
        log::warning("a client is turned away: {}", added.error().text());
        store_.disconnect(id);
        return;
    }
    trace_.note(client->who(), "connected");
    clients_.emplace(id, std::move(client));
}

void Clients::pause_accepting() {
    const auto error = errno_error("accept a client");
    if (!std::exchange(pause_told_, true)) log::warning("{}; they wait", error.error().text());
    paused_until_ = std::chrono::steady_clock::now() + kAcceptPause;
    loop_.change(listener_.get(), 0, *this);
}

void Clients::close(Client& client) {
    loop_.remove(client.fd(), client);
    store_.disconnect(client.id());
    auto node = clients_.extract(client.id());
    dead_.push_back(std::move(node.mapped()));
}

bool Clients::flush(ConnectionId id) {
    const auto found = clients_.find(id);
    if (found == clients_.end()) return false;
    found->second->flush();
    return true;
}

void Clients::finish() {
    for (const ConnectionId id : std::exchange(to_flush_, {})) flush(id);
    for (const auto& [id, why] : std::exchange(doomed_, {})) {
        if (const auto found = clients_.find(id); found != clients_.end())
            found->second->close(why);
    }
    dead_.clear();
    share_ = std::max(kLeastReceive, kReceive / std::max<std::size_t>(heard_, 1));
    heard_ = 0;
}

std::optional<int> Clients::deadline() const {
    if (!waiting_.empty()) return 0;
    if (paused_until_) return static_cast<int>(kAcceptPause.count());
    return std::nullopt;
}

void Clients::resume() {
    if (paused_until_ && std::chrono::steady_clock::now() >= *paused_until_) {
        paused_until_.reset();
        loop_.change(listener_.get(), EPOLLIN, *this);
    }
    for (const ConnectionId id : std::exchange(waiting_, {})) {
        if (const auto found = clients_.find(id); found != clients_.end()) found->second->resume();
    }
}

}  // namespace zeroth::xenstored
