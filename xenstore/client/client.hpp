// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "xenstore/client/connection.hpp"
#include "xenstore/client/store.hpp"
#include "xenstore/client/watch.hpp"
#include "xenstore/wire/message.hpp"

namespace zeroth::xs {

struct Patience {
    /// How long a server may think about one batch before it is given up as hung.
    std::chrono::milliseconds reply = std::chrono::seconds{30};
    /// How long one that went away may take to come back.
    std::chrono::milliseconds absence = std::chrono::seconds{10};
};

/// Blocking, for one thread at a time. Requests are pipelined: a batch is one send, whatever its
/// length.
///
/// When xenstored goes away the client waits for it to be back, as long as its patience lasts, sets
/// its watches again (each then fires once, as when it was new: look again at what it watches) and
/// repeats what was not answered, where doing that twice is as doing it once. A transaction starts
/// over. Else the Error is ECONNRESET and says that the outcome is unknown.
///
/// A server that says nonsense or does not answer in time is given up for good: every later
/// request fails with ENOTCONN.
class Client final : public Store {
public:
    /// default_endpoint().
    static std::string default_path();
    static Result<std::unique_ptr<Client>> connect(const std::string& path, Patience patience = {});
    /// By default_path().
    static Result<std::unique_ptr<Client>> connect();

    Result<std::vector<std::optional<std::string>>> read(
        std::span<const std::string> paths) override;
    Result<std::vector<std::string>> directory(std::string_view path) override;
    Result<> apply(std::span<const Change> changes) override;
    Result<> introduce(DomainId domain, GuestFrame ring, Port port) override;
    Result<std::string> wait_for_value(std::string_view path,
                                       std::chrono::milliseconds timeout) override;

    // One request each; a node that is not there is ENOENT.
    Result<std::string> value(std::string_view path, TransactionId transaction = kNoTransaction);
    Result<std::vector<std::string>> names(std::string_view path,
                                           TransactionId transaction = kNoTransaction);
    Result<std::vector<Permission>> permissions(std::string_view path,
                                                TransactionId transaction = kNoTransaction);
    Result<> write(std::string_view path, std::string_view value,
                   TransactionId transaction = kNoTransaction);
    Result<> mkdir(std::string_view path, TransactionId transaction = kNoTransaction);
    Result<> remove(std::string_view path, TransactionId transaction = kNoTransaction);
    Result<> set_permissions(std::string_view path, std::span<const Permission> permissions,
                             TransactionId transaction = kNoTransaction);
    /// The server's answer to a command of its operator.
    Result<std::string> control(std::span<const std::string> words);

    struct Node {
        Result<std::string> value;
        Result<std::vector<std::string>> names;
        /// None were asked for: empty.
        Result<std::vector<Permission>> permissions;
    };
    enum class Ask { kValueAndNames, kPermissionsToo };
    /// All there is to know of nodes, in one send.
    Result<std::vector<Node>> look(std::span<const std::string> paths, Ask ask);

    /// Runs `body` in a transaction, from the start again while others interfere; its Error aborts.
    Result<> transact(const std::function<Result<>(TransactionId)>& body);

    /// Fires at once, and then for each change.
    Result<> watch(const Watch& watch);
    Result<> unwatch(std::string_view path, std::string_view token);
    /// ETIMEDOUT when there is none by then.
    Result<WatchEvent> next_event(Deadline deadline);

    /// Any requests: their replies in the same order, ERROR replies included.
    Result<std::vector<Message>> exchange(std::vector<Message> requests);

    /// Whether it is of use: connected, or able to connect again.
    bool alive() const { return !given_up_; }

private:
    Client(std::string path, Patience patience) : path_{std::move(path)}, patience_{patience} {}

    Result<std::string> request(MessageType type, std::string payload, std::string_view what,
                                TransactionId transaction = kNoTransaction);
    Result<std::vector<std::string>> names_in_parts(std::string_view path,
                                                    TransactionId transaction);
    Result<> change(TransactionId transaction, std::span<const Change> changes);
    Result<> prune(TransactionId transaction, std::span<const Change> changes);
    Result<std::string> wait(const Watch& own, Deadline deadline);
    /// The first event whose payload ends so.
    Result<Message> take_event(std::string_view payload_end, Deadline deadline);

    /// Connects if it is not, for as long as patience lasts.
    Result<> attach(Deadline deadline);
    Result<> attach_once();
    /// The connection failed: gives up for good, unless it is the server that went.
    Result<> detach(Error error);

    std::string path_;
    Patience patience_;
    std::optional<Connection> connection_;
    bool given_up_ = false;
    std::vector<Watch> watches_;
    /// Events of connections that are no more.
    std::deque<Message> kept_events_;
    unsigned waits_ = 0;
};

}  // namespace zeroth::xs
