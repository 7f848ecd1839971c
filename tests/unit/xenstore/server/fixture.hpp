// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "xenstore/server/store.hpp"

namespace zeroth::xenstored {

/// A host with the domains it is given.
class FakeHost final : public Host {
public:
    bool exists(DomainId domain) override { return domains.contains(domain.raw()); }
    Result<> connect(DomainId domain, Port port) override;
    void reset(DomainId domain) override { resets.push_back(domain.raw()); }
    void disconnect(DomainId domain) override { connected.erase(domain.raw()); }

    std::set<std::uint16_t> domains;
    std::set<std::uint16_t> connected;
    std::vector<std::uint16_t> resets;
};

/// Keeps the changes of every commit, with texts of their own.
class MemorySink final : public ChangeSink {
public:
    void add(const Change& change) override;
    Result<> commit() override;
    bool has_room(std::size_t bytes, Need need) override {
        const bool plenty = need == Need::kAdd || need == Need::kTalk;
        return bytes <= (plenty ? room : need == Need::kShare ? room_to_talk : last_room);
    }
    void apply_to(Store& store) const;
    void clear();

    std::size_t commits = 0;
    /// For the changes of one request.
    std::size_t room = ~std::size_t{0};
    /// For what a ring asks within its share, and for what removes.
    std::size_t room_to_talk = ~std::size_t{0}, last_room = ~std::size_t{0};
    /// The commit of this number fails.
    std::size_t fail_at = ~std::size_t{0};

private:
    std::string_view keep(std::string_view text) { return texts_.emplace_back(text); }

    std::vector<Change> changes_;
    std::size_t committed_ = 0;
    std::deque<std::string> texts_;
    std::deque<std::vector<Permission>> permissions_;
};

/// "path|value" with NUL for every '|'.
std::string bytes(std::string_view text);
/// The messages of an output, as "READ value" or "EVENT path|token" or "ERROR ENOENT".
std::vector<std::string> describe(std::string_view output);

/// A Store and its clients. A client is a socket's, or a domain of that number.
class Bench {
public:
    explicit Bench(StoreOptions options = {});

    ConnectionId socket() { return store->connect(); }
    /// Introduces the domain.
    void domain(std::uint16_t id);

    /// Sends a request and gives all that the client was sent since: events, then the reply.
    std::vector<std::string> ask(ConnectionId client, xs::MessageType type, std::string_view text,
                                 std::uint32_t transaction = 0);
    std::vector<std::string> ask(DomainId client, xs::MessageType type, std::string_view text,
                                 std::uint32_t transaction = 0);
    /// What the client was sent and has not taken.
    std::vector<std::string> take(ConnectionId client);
    std::vector<std::string> take(DomainId client);
    /// Every node, its permissions and value, as domain 0 sees them.
    std::string dump() { return dump(*store); }
    static std::string dump(Store& store);

    FakeHost host;
    MemorySink sink;
    std::unique_ptr<Store> store;
    ConnectionId dom0;
    std::uint32_t consumed = 0;
};

}  // namespace zeroth::xenstored
