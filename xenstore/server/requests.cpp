// SPDX-License-Identifier: Apache-2.0
#include <malloc.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "core/log.hpp"
#include "xenstore/server/store_impl.hpp"

namespace zeroth::xenstored {
namespace {

/// A socket client is not read from while it has more than this to read itself, and is cut off once
/// that is more than the second: it fires its watches and does not look at them.
constexpr std::size_t kMuchOutput = 256 * 1024;
constexpr std::size_t kTooMuchOutput = 16 * 1024 * 1024;
/// Memory that so many nodes leave behind is worth the time it takes to give it to the system.
constexpr std::int64_t kManyNodes = 10'000;
/// What a request may need besides its payload.
constexpr std::size_t kChangeOverhead = 256;

}  // namespace

std::optional<std::span<std::string_view>> split(std::string_view payload,
                                                 std::span<std::string_view> room) {
    if (!payload.ends_with('\0')) return std::nullopt;
    std::size_t count = 0;
    while (!payload.empty()) {
        if (count == room.size()) return std::nullopt;
        const auto end = payload.find('\0');
        room[count++] = payload.substr(0, end);
        payload.remove_prefix(end + 1);
    }
    return room.first(count);
}

Store::Impl::Impl(StoreOptions options, Host& host, ChangeSink& sink)
    : options_{options},
      host_{host},
      sink_{sink},
      state_{options.quotas, options.privileged},
      events_{state_} {}

const Store::Impl::Handler* Store::Impl::handler(xs::MessageType type) {
    using enum Handler::For;
    constexpr auto kTaken = Handler::Transactions::kTaken;
    constexpr auto kIgnored = Handler::Transactions::kIgnored;
    constexpr auto kAdds = ChangeSink::Need::kAdd;
    constexpr auto kRemoves = ChangeSink::Need::kRemove;
    static constexpr std::array<Handler, 27> kHandlers{{
        {&Impl::control, kPrivileged},
        {&Impl::directory},
        {&Impl::read},
        {&Impl::get_permissions},
        {&Impl::watch, kAll, kIgnored, kAdds},
        {&Impl::unwatch, kAll, kIgnored},
        {&Impl::start_transaction, kAll, kTaken, kAdds},
        {&Impl::end_transaction, kAll, kTaken, kRemoves},
        {&Impl::introduce, kPrivileged, kTaken, kAdds},
        {&Impl::release, kPrivileged, kTaken, kRemoves},
        {&Impl::get_domain_path},
        {&Impl::write, kAll, kTaken, kAdds},
        {&Impl::make_directory, kAll, kTaken, kAdds},
        {&Impl::remove, kAll, kTaken, kRemoves},
        {&Impl::set_permissions, kAll, kTaken, kAdds},
        {},  // WATCH_EVENT
        {},  // ERROR
        {&Impl::is_introduced, kPrivileged},
        {&Impl::resume, kPrivileged},
        {&Impl::set_target, kPrivileged, kTaken, kAdds},
        {},  // RESTRICT, of old
        {&Impl::reset_watches},
        {&Impl::directory_part},
        {&Impl::get_feature},
        {&Impl::set_feature, kPrivileged, kTaken, kAdds},
        {&Impl::get_quota, kPrivileged},
        {&Impl::set_quota, kPrivileged, kTaken, kAdds},
    }};
    const auto number = std::to_underlying(type);
    if (number >= kHandlers.size() || !kHandlers[number].run) return nullptr;
    return &kHandlers[number];
}

ConnectionId Store::Impl::connect() { return state_.open(kDomain0).id; }

void Store::Impl::disconnect(ConnectionId id) {
    auto* connection = state_.connection(id);
    if (!connection || connection->ring) return;
    retries_.forget(id);
    state_.close(*connection);
}

void Store::Impl::handle(ConnectionId id, const xs::Frame& request) {
    auto* connection = state_.connection(id);
    if (!connection || failure_) return;
    dispatch(*connection, request);
    static_cast<void>(commit());
}

void Store::Impl::dispatch(Connection& from, const xs::Frame& frame) {
    ++requests_;
    if (trace_ == Trace::kOn) {
        log::info("domain {} connection {}: request {} of {} bytes, transaction {}",
                  from.domain.raw(), from.id.raw(), std::to_underlying(frame.type),
                  frame.payload.size(), frame.transaction_id);
    }
    ++depth_;
    // The connection ends within if it is the domain's own ring that is released.
    const auto id = from.id;
    Request request{from, frame};
    const auto error = run(request);
    --depth_;
    if (state_.connection(id) != &from) return;
    warn_of_memory(from);
    if (error == 0) return;
    const auto name = xs::error_name(error);
    text_.assign(name);
    text_ += '\0';
    from.output.append({xs::MessageType::kError, frame.request_id, frame.transaction_id, text_});
    events_.mark_ready(from);
}

Errno Store::Impl::run(Request& request) {
    const auto* found = handler(request.frame.type);
    if (!found) return ENOSYS;
    if (found->whom == Handler::For::kPrivileged && !request.from.privileged()) return EACCES;
    const auto id = request.frame.transaction_id;
    if (id != 0 && found->transactions == Handler::Transactions::kTaken) {
        const auto transaction = request.from.transactions.find(id);
        if (transaction == request.from.transactions.end()) return ENOENT;
        request.transaction = transaction->second.get();
    }
    if (found->need && !has_room(request.frame.payload.size(), *found->need)) return ENOSPC;
    return (this->*found->run)(request);
}

/// Whether a request of this size can be kept.
bool Store::Impl::has_room(std::size_t bytes, ChangeSink::Need need) {
    return sink_.has_room(bytes + kChangeOverhead, need);
}

void Store::Impl::reply(Request& request, std::string_view payload) {
    const auto& frame = request.frame;
    request.from.output.append({frame.type, frame.request_id, frame.transaction_id, payload});
    events_.mark_ready(request.from);
}

void Store::Impl::acknowledge(Request& request) { reply(request, std::string_view{"OK\0", 3}); }

void Store::Impl::change(const Change& change) {
    record(change);
    state_.apply(change);
}

void Store::Impl::record(const Change& change) {
    sink_.add(change);
    changed_ = true;
}

bool Store::Impl::wants_input(ConnectionId id) const {
    const auto* connection = state_.connection(id);
    if (!connection || failure_ || connection->held_start) return false;
    if (connection->ring && connection->ring->starved) return false;
    const auto unsent = connection->output.unsent().size();
    if (connection->privileged()) return unsent < kMuchOutput;
    const auto limits = state_.quotas_of(connection->domain);
    return (limits.outstanding == 0 || connection->output.messages() < limits.outstanding) &&
           (limits.memory_hard == 0 || unsent == 0 || memory_of(*connection) < limits.memory_hard);
}

/// Bytes of its nodes, watches and output.
std::uint64_t Store::Impl::memory_of(const Connection& connection) const {
    const auto memory = state_.accounts.usage(connection.domain).memory;
    return static_cast<std::uint64_t>(std::max<std::int64_t>(memory, 0)) +
           connection.output.unsent().size();
}

/// Once per domain.
void Store::Impl::warn_of_memory(const Connection& connection) {
    if (connection.privileged()) return;
    const auto limit = state_.quotas_of(connection.domain).memory_soft;
    const auto used = memory_of(connection);
    if (limit == 0 || used <= limit) return;
    if (std::exchange(state_.domains.at(connection.domain).memory_told, true)) return;
    log::warning("domain {} uses {} bytes of the store: its soft limit is {}",
                 connection.domain.raw(), used, limit);
}

bool Store::Impl::hopeless(ConnectionId id) const {
    const auto* connection = state_.connection(id);
    return connection && !connection->ring && connection->output.unsent().size() > kTooMuchOutput;
}

bool Store::Impl::tidy() {
    if (state_.remains.decay()) return true;
    const auto nodes =
        state_.accounts.total().nodes + static_cast<std::int64_t>(state_.remains.nodes());
    most_nodes_ = std::max(most_nodes_, nodes);
    if (most_nodes_ - nodes <= kManyNodes) return false;
    ::malloc_trim(0);
    most_nodes_ = nodes;
    return false;
}

}  // namespace zeroth::xenstored
