// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/result.hpp"
#include "core/unique_fd.hpp"
#include "xenstore/wire/frame.hpp"

namespace zeroth::testing {

/// Stands between a client and xenstored: passes all on, counts the requests, and kills the client
/// at the one that was chosen.
class StoreProxy {
public:
    /// Listens at `path` for clients of the xenstored at `store`.
    static Result<std::unique_ptr<StoreProxy>> create(const std::string& path,
                                                      const std::string& store);
    ~StoreProxy();

    enum class When { kBefore, kAfter };
    /// SIGKILL for `client` instead of passing on its n-th request from now on, or once that is
    /// answered, without passing on the answer.
    void arm(pid_t client, When when, std::uint64_t n);
    void disarm();

    /// The requests since the last call of this, in order: whether each is part of a transaction.
    struct Seen {
        xs::MessageType type;
        bool in_transaction;
    };
    std::vector<Seen> take_seen();

private:
    struct Connection {
        UniqueFd client, server;
        pid_t pid = 0;
        std::string from_client, from_server;
        std::uint64_t passed = 0, answered = 0;
        /// Nothing more is passed on; the client is killed at this many answers.
        std::optional<std::uint64_t> last;
        bool over = false;
    };
    struct Armed {
        pid_t client = 0;
        When when = When::kBefore;
        std::uint64_t left = 0;
    };

    StoreProxy(std::string path, std::string store, UniqueFd listener, UniqueFd bell)
        : path_{std::move(path)},
          store_{std::move(store)},
          listener_{std::move(listener)},
          bell_{std::move(bell)} {}
    void run();
    void accept_one();
    void hear_client(Connection& connection);
    void hear_server(Connection& connection);
    /// Whether the request may pass.
    bool may_pass(Connection& connection, const xs::Frame& request);

    std::string path_, store_;
    UniqueFd listener_, bell_;
    std::list<Connection> connections_;
    std::mutex mutex_;
    std::optional<Armed> armed_;
    std::vector<Seen> seen_;
    std::thread thread_;
};

}  // namespace zeroth::testing
