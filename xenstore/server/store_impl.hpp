// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "xenstore/server/events.hpp"
#include "xenstore/server/retries.hpp"
#include "xenstore/server/state.hpp"
#include "xenstore/server/store.hpp"

namespace zeroth::xenstored {

/// What a request comes to: 0, or the errno that the client is told.
using Errno = int;

class Store::Impl {
public:
    Impl(StoreOptions options, Host& host, ChangeSink& sink);

    Result<> recover(const Change& change);
    void recovered();
    ConnectionId connect();
    void disconnect(ConnectionId id);
    void handle(ConnectionId id, const xs::Frame& request);
    Result<std::size_t> received(DomainId domain, std::string_view bytes, std::uint32_t consumer);
    void restart(DomainId domain, std::uint32_t consumer, std::uint32_t producer);
    void introduce_kernel(Port port);
    void domains_changed(std::span<const DomainId> shut_down);
    bool wants_input(ConnectionId id) const;
    bool hopeless(ConnectionId id) const;
    bool tidy();
    void start_held();
    std::optional<std::chrono::steady_clock::time_point> deadline() const;
    bool may_talk(Connection& connection, std::size_t bytes);
    std::vector<ConnectionId> take_ready() { return events_.take_ready(); }
    void set_log(MessageLog* log) { log_ = log; }
    const State& state() const { return state_; }
    State& state() { return state_; }
    const std::optional<Error>& failure() const { return failure_; }

private:
    struct Request {
        Connection& from;
        const xs::Frame& frame;
        Transaction* transaction = nullptr;
    };
    struct Handler {
        Errno (Impl::*run)(Request&) = nullptr;
        enum class For : std::uint8_t { kAll, kPrivileged } whom = For::kAll;
        enum class Transactions : std::uint8_t {
            kTaken,
            kIgnored
        } transactions = Transactions::kTaken;
        /// What it does to what is kept, and is refused if there is no room for.
        std::optional<ChangeSink::Need> need = std::nullopt;
    };
    static const Handler* handler(xs::MessageType type);

    // store.cpp
    void dispatch(Connection& from, const xs::Frame& frame);
    Errno run(Request& request);
    bool has_room(std::size_t bytes, ChangeSink::Need need);
    void hear_starved();
    void reply(Request& request, std::string_view payload);
    void acknowledge(Request& request);
    std::uint64_t memory_of(const Connection& connection) const;
    void warn_of_memory(const Connection& connection);
    void change(const Change& change);
    /// One that has been made already.
    void record(const Change& change);
    Result<> commit();

    // paths.cpp: what a request names, and whether it may
    enum class Special : std::uint8_t { kNo, kYes };
    Errno resolve(const Connection& from, std::string_view text, Special special,
                  std::string_view& path);
    Errno only_path(Request& request, Special special, std::string_view& path);
    Access access(const Connection& from, const PermissionList& list) const;
    bool owns(const Connection& from, const PermissionList& list) const;
    Errno look(Request& request, std::string_view path, Access need, Aspect aspect,
               const Node*& node);
    Errno observe(Request& request, std::string_view path, Aspect aspect);
    const Tree& tree(const Request& request) const;
    Errno domain_argument(std::string_view text, DomainId& domain) const;
    Errno only_domain(Request& request, DomainId& domain) const;

    // nodes.cpp
    Errno read(Request& request);
    Errno directory(Request& request);
    Errno directory_part(Request& request);
    Errno write(Request& request);
    Errno make_directory(Request& request);
    Errno remove(Request& request);
    const std::string& names(const Node& node);
    Errno store(Request& request, std::string_view path, std::string_view value,
                Transaction::Operation::Kind kind);
    Errno admit_node(Request& request, std::string_view path, std::size_t value_size);
    std::optional<DomainId> owner_of_new(const Connection& from) const;

    // node_permissions.cpp
    Errno get_permissions(Request& request);
    Errno set_permissions(Request& request);
    Errno check_permissions(Request& request, const PermissionList& old,
                            std::span<const Permission> permissions);

    // transactions.cpp
    Errno start_transaction(Request& request);
    Errno end_transaction(Request& request);
    void close_transaction(Connection& from, std::uint32_t id);
    Errno commit_transaction(Connection& from, Transaction& transaction);
    void do_again(Connection& from, Transaction& transaction);
    void adopt(Connection& from, Transaction& transaction);
    void carry_out(const Connection& from, const Transaction::Operation& operation);

    // watches.cpp
    Errno watch(Request& request);
    Errno unwatch(Request& request);
    Errno reset_watches(Request& request);

    // domains.cpp
    Errno introduce(Request& request);
    Errno release(Request& request);
    Errno resume(Request& request);
    Errno set_target(Request& request);
    Errno is_introduced(Request& request);
    Errno get_domain_path(Request& request);
    bool exists(DomainId domain);
    void forget(DomainId domain);
    void remove_orphans(DomainId domain);

    // settings.cpp
    Errno get_feature(Request& request);
    Errno set_feature(Request& request);
    Errno get_quota(Request& request);
    Errno set_quota(Request& request);

    // control.cpp: each leaves its reply in text_
    using Arguments = std::span<const std::string_view>;
    struct Command;
    static std::span<const Command> commands();
    Errno control(Request& request);
    Errno control_check(Arguments arguments);
    Errno control_help(Arguments arguments);
    Errno control_live_update(Arguments arguments);
    Errno control_print(Arguments arguments);
    Errno control_quota(Arguments arguments);
    Errno control_quota_soft(Arguments arguments);
    Errno control_stats(Arguments arguments);
    Errno show_or_set_quota(Arguments arguments, std::string_view suffix);

    // control_log.cpp
    Errno control_log(Arguments arguments);
    Errno control_logfile(Arguments arguments);
    Errno control_memreport(Arguments arguments);

    StoreOptions options_;
    Host& host_;
    ChangeSink& sink_;
    State state_;
    Events events_;
    Retries retries_;
    std::optional<Error> failure_;
    /// Rings that are not heard until there is room, and when to look for some.
    std::vector<DomainId> starved_;
    std::chrono::steady_clock::time_point look_for_room_;
    bool changed_ = false;
    unsigned depth_ = 0;
    std::uint64_t requests_ = 0;
    /// Since memory was given back.
    std::int64_t most_nodes_ = 0;
    /// Requests, in the program's log.
    enum class Trace : std::uint8_t { kOff, kOn } trace_ = Trace::kOff;
    MessageLog* log_ = nullptr;
    /// Reused, so that a request needs no memory of its own.
    std::string path_, text_;
    std::vector<Permission> permissions_;
    /// The names of the folder that was listed last.
    struct {
        std::uint64_t generation = 0;
        std::string names;
    } listing_;
};

/// The NUL-ended strings of a payload; nullopt if it does not end with a NUL or has more of them
/// than there is room for.
std::optional<std::span<std::string_view>> split(std::string_view payload,
                                                 std::span<std::string_view> room);

}  // namespace zeroth::xenstored
