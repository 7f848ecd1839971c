// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/unique_fd.hpp"
#include "xenstore/daemon/event_loop.hpp"
#include "xenstore/daemon/trace.hpp"
#include "xenstore/server/store.hpp"

namespace zeroth::xenstored {

class Client;

/// The clients of a listening Unix socket. What they ask is handled as it is read, a bounded part
/// of it per turn; what they get is sent by `flush`, once all who were ready have been heard.
class Clients final : public EventLoop::Handler {
public:
    static Result<std::unique_ptr<Clients>> create(EventLoop& loop, Store& store, Trace& trace,
                                                   UniqueFd listener);
    ~Clients() override;

    /// Sends what the connection's output holds; false if it is none of ours.
    bool flush(ConnectionId id);
    /// Goes on with clients whose requests had to wait, and with accepting once there are
    /// descriptors again.
    void resume();
    /// When `resume` is to be called, whatever else happens, in milliseconds.
    std::optional<int> deadline() const;
    /// After all flushes: what only now has room, and the end of those who are to be closed.
    void finish();

private:
    friend class Client;

    Clients(EventLoop& loop, Store& store, Trace& trace, UniqueFd listener);

    void ready(std::uint32_t events) override;
    void adopt(UniqueFd socket);
    void pause_accepting();
    void close(Client& client);

    /// What is read in a turn, of all clients together: some hundred requests, so that who asks
    /// little does not wait for long. But a part of it that is worth a system call of each.
    static constexpr std::size_t kReceive = 8192;
    static constexpr std::size_t kLeastReceive = 1024;
    static constexpr std::size_t kLongestFrame = xs::kHeaderSize + xs::kMaxPayload;

    EventLoop& loop_;
    Store& store_;
    Trace& trace_;
    UniqueFd listener_;
    /// While set, newcomers wait until then.
    std::optional<std::chrono::steady_clock::time_point> paused_until_;
    bool pause_told_ = false;
    std::unordered_map<ConnectionId, std::unique_ptr<Client>> clients_;
    /// Closed, but perhaps still on the stack.
    std::vector<std::unique_ptr<Client>> dead_;
    /// Who was read from in this turn, and what each may send in it, as there were in the last.
    std::size_t heard_ = 0;
    std::size_t share_ = kReceive;
    /// To be resumed in the next turn.
    std::vector<ConnectionId> waiting_;
    /// Who can be sent more, and who is to be closed and why, at the end of this turn.
    std::vector<ConnectionId> to_flush_;
    std::vector<std::pair<ConnectionId, std::string>> doomed_;
    /// What is being read, whoever's it is: what was left over, then news.
    std::array<char, kLongestFrame + kReceive> buffer_{};
};

}  // namespace zeroth::xenstored
