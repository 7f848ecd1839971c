// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "core/unique_fd.hpp"
#include "xenstore/client/store.hpp"
#include "xenstore/wire/frame_reader.hpp"
#include "xenstore/wire/message.hpp"

namespace zeroth::xs {

/// A blocking connection to xenstored's Unix socket, for one thread at a time. Requests are
/// pipelined: a batch is one send, whatever its length. A connection that broke, or whose server
/// did not answer in time, fails every later request with ENOTCONN: make a new one.
class Client final : public Store {
public:
    /// $XENSTORED_PATH, or /var/run/xenstored/socket.
    static std::string default_path();
    static Result<std::unique_ptr<Client>> connect(const std::string& socket_path);

    Result<std::vector<std::optional<std::string>>> read(
        std::span<const std::string> paths) override;
    Result<std::vector<std::string>> directory(std::string_view path) override;
    Result<> apply(std::span<const Change> changes) override;
    Result<> introduce(DomainId domain, GuestFrame ring, Port port) override;
    Result<std::string> wait_for_value(std::string_view path,
                                       std::chrono::milliseconds timeout) override;

    /// Whether the server is still there, as far as the socket knows: asks the kernel, not the
    /// server.
    bool alive() const;

private:
    explicit Client(UniqueFd socket) : socket_{std::move(socket)} {}

    using Deadline = std::chrono::steady_clock::time_point;
    /// Sends all requests and returns their replies in the same order; ERROR replies included.
    Result<std::vector<Message>> exchange(std::vector<Message> requests);
    Result<Message> request(MessageType type, std::string payload, std::string_view what);
    Result<> change(std::uint32_t transaction, std::span<const Change> changes);
    Result<> prune(std::uint32_t transaction, std::span<const Change> changes);
    Result<> commit(std::uint32_t transaction, std::span<const Change> changes);
    Result<std::string> poll_value(std::string_view path, Deadline deadline);
    /// Moves bytes until a message is there or the deadline passes (ETIMEDOUT).
    Result<Message> receive(std::string_view& unsent, Deadline deadline);
    Result<> transfer(std::string_view& unsent, Deadline deadline);

    UniqueFd socket_;
    FrameReader reader_;
    std::deque<Message> events_;
    std::uint32_t next_request_ = 1;
};

}  // namespace zeroth::xs
