// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "xenstore/daemon/clients.hpp"

namespace zeroth::xenstored {

/// One client's connection. It holds bytes only while there is the beginning of a request, or
/// requests that must wait until the client has read more of what it was sent.
class Client final : public EventLoop::Handler {
public:
    Client(Clients& clients, UniqueFd socket, ConnectionId id)
        : clients_{clients}, socket_{std::move(socket)}, id_{id} {}

    int fd() const { return socket_.get(); }
    ConnectionId id() const { return id_; }
    std::string who() const;
    static constexpr std::uint32_t kAtFirst = EPOLLIN;

    void ready(std::uint32_t events) override;
    void flush();
    /// Handles requests that had to wait.
    void resume();
    void close(std::string_view why);

private:
    std::size_t portion() const;
    void receive();
    void handle(std::string_view bytes);
    void send();
    /// Tells the loop what to wait for.
    void watch();

    Clients& clients_;
    UniqueFd socket_;
    ConnectionId id_;
    std::uint32_t watched_ = kAtFirst;
    bool open_ = true;
    /// A send was short: the client has to read first.
    bool full_ = false;
    /// The Store takes no more requests of this client for now.
    bool stalled_ = false;
    std::string left_;
    /// Of what was sent: the trace's beginning of a message.
    std::string traced_;
};

}  // namespace zeroth::xenstored
