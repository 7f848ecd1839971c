// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "xenstore/client/client.hpp"

namespace zeroth::xs {

class Link;
struct Subscription;

/// The events of one watch, in order. When it is destroyed, the watch is taken back.
class WatchStream {
public:
    WatchStream(std::shared_ptr<Link> link, std::shared_ptr<Subscription> subscription);
    WatchStream(WatchStream&&) noexcept = default;
    WatchStream& operator=(WatchStream&&) = delete;
    ~WatchStream();

    /// Fires at once, then for each change, and once whenever xenstored has been away. ENOTCONN:
    /// the client is closed, or xenstored stays away.
    boost::asio::awaitable<Result<WatchEvent>> next();

private:
    std::shared_ptr<Link> link_;
    std::shared_ptr<Subscription> subscription_;
};

/// As Client, for coroutines of one thread: whatever they ask at the same time goes out in one
/// send. One that stops waiting (a cancelled co_await) leaves its request with the server. A client
/// whose server stays away or talks nonsense fails every later request: make a new one.
class AsyncClient {
public:
    static Result<AsyncClient> connect(const boost::asio::any_io_executor& executor,
                                       std::string path, Patience patience = {});
    AsyncClient(AsyncClient&&) noexcept = default;
    AsyncClient& operator=(AsyncClient&&) = delete;
    /// Who still waits is told ECANCELED.
    ~AsyncClient();

    /// Any requests: their replies in the same order, ERROR replies included.
    boost::asio::awaitable<Result<std::vector<Message>>> exchange(std::vector<Message> requests);

    boost::asio::awaitable<Result<std::vector<std::optional<std::string>>>> read(
        std::vector<std::string> paths);
    /// None when the node is not there.
    boost::asio::awaitable<Result<std::vector<std::string>>> directory(std::string path);
    /// All changes or none, in one transaction, tried again while others interfere.
    boost::asio::awaitable<Result<>> apply(std::vector<Change> changes);
    boost::asio::awaitable<Result<WatchStream>> watch(std::string path,
                                                      std::optional<std::uint32_t> depth = {});

private:
    explicit AsyncClient(std::shared_ptr<Link> link);
    boost::asio::awaitable<Result<std::string>> request(Message message, std::string what);
    boost::asio::awaitable<Result<>> change(TransactionId transaction,
                                            const std::vector<Change>& changes);

    std::shared_ptr<Link> link_;
};

}  // namespace zeroth::xs
