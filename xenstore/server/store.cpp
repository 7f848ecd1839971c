// SPDX-License-Identifier: Apache-2.0
#include "xenstore/server/store.hpp"

#include <algorithm>

#include "xenstore/server/store_impl.hpp"

namespace zeroth::xenstored {

Store::Store(StoreOptions options, Host& host, ChangeSink& sink)
    : impl_{std::make_unique<Impl>(options, host, sink)} {}

Store::~Store() = default;

void Store::set_log(MessageLog& log) { impl_->set_log(&log); }

Result<> Store::apply(const Change& change) { return impl_->recover(change); }

void Store::recovered() { impl_->recovered(); }

ConnectionId Store::connect() { return impl_->connect(); }

void Store::disconnect(ConnectionId id) { impl_->disconnect(id); }

void Store::handle(ConnectionId id, const xs::Frame& request) { impl_->handle(id, request); }

Result<std::size_t> Store::received(DomainId domain, std::string_view bytes,
                                    std::uint32_t consumer) {
    return impl_->received(domain, bytes, consumer);
}

std::optional<ConnectionId> Store::ring(DomainId domain) const {
    const auto* found = impl_->state().domain(domain);
    return found ? found->connection : std::nullopt;
}

std::optional<Store::RingPosition> Store::position(DomainId domain) const {
    const auto* connection = impl_->state().ring_of(domain);
    if (!connection) return std::nullopt;
    return RingPosition{connection->ring->consumer, connection->ring->producer_end};
}

std::uint32_t Store::features(DomainId domain) const {
    const auto* found = impl_->state().domain(domain);
    return found ? found->features : kServerFeatures;
}

bool Store::has_room(DomainId domain) {
    auto* connection = impl_->state().ring_of(domain);
    return !connection || impl_->may_talk(*connection, 0);
}

void Store::restart(DomainId domain, std::uint32_t consumer, std::uint32_t producer) {
    impl_->restart(domain, consumer, producer);
}

void Store::introduce_kernel(Port port) { impl_->introduce_kernel(port); }

void Store::domains_changed(std::span<const DomainId> shut_down) {
    impl_->domains_changed(shut_down);
}

const std::optional<Error>& Store::failure() const { return impl_->failure(); }

std::vector<ConnectionId> Store::take_ready() { return impl_->take_ready(); }

std::string_view Store::output(ConnectionId id) const {
    const auto* connection = impl_->state().connection(id);
    if (!connection || impl_->failure()) return {};
    return connection->output.unsent();
}

void Store::sent(ConnectionId id, std::size_t bytes) {
    if (auto* connection = impl_->state().connection(id)) connection->output.sent(bytes);
}

bool Store::wants_input(ConnectionId id) const { return impl_->wants_input(id); }

bool Store::hopeless(ConnectionId id) const { return impl_->hopeless(id); }

std::uint64_t Store::memory() const {
    return static_cast<std::uint64_t>(
        std::max<std::int64_t>(impl_->state().accounts.total().memory, 0));
}

void Store::start_held() { impl_->start_held(); }

std::optional<std::chrono::steady_clock::time_point> Store::deadline() const {
    return impl_->deadline();
}

bool Store::tidy() { return impl_->tidy(); }

}  // namespace zeroth::xenstored
