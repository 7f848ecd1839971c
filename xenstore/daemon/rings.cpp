// SPDX-License-Identifier: Apache-2.0
#include "xenstore/daemon/rings.hpp"

#include <algorithm>
#include <utility>

#include "core/log.hpp"

namespace zeroth::xenstored {
namespace {

void complain(const Result<>& result) {
    if (!result) log::warning("{}", result.error().text());
}

}  // namespace

Result<std::unique_ptr<Rings>> Rings::create(EventLoop& loop, hyper::EventChannels& channels,
                                             MapPage map, Trace& trace) {
    std::unique_ptr<Rings> rings{new Rings{channels, std::move(map), trace}};
    ZEROTH_CHECK(loop.add(channels.fd(), EPOLLIN, *rings));
    return rings;
}

Rings::Entry* Rings::find(DomainId domain) {
    const auto found = rings_.find(domain);
    return found == rings_.end() ? nullptr : &found->second;
}

void Rings::activate(Entry& entry) {
    if (!std::exchange(entry.active, true)) active_.push_back(entry.ring->domain());
}

Result<Rings::Entry*> Rings::find_or_map(DomainId domain) {
    if (auto* const entry = find(domain); entry != nullptr && has_page(*entry)) return entry;
    // One whose page is no longer to be had is introduced anew, with another or none.
    disconnect(domain);
    ZEROTH_TRY(auto mapping, map_(domain));
    auto ring = std::make_unique<Ring>(domain, std::move(mapping));
    return &rings_.emplace(domain, Entry{std::move(ring)}).first->second;
}

/// Maps it where it is not.
bool Rings::has_page(Entry& entry) {
    entry.used = true;
    if (std::exchange(resting_, false)) rest_at_ = std::chrono::steady_clock::now() + kRest;
    if (entry.ring->is_mapped()) return true;
    auto mapping = map_(entry.ring->domain());
    if (!mapping && !entry.wants_page) log::warning("{}", mapping.error().text());
    entry.wants_page = !mapping;
    if (mapping) entry.ring->map(*std::move(mapping));
    return !entry.wants_page;
}

void Rings::rest(std::chrono::steady_clock::time_point now) {
    if (resting_ || now < rest_at_) return;
    rest_at_ = now + kRest;
    resting_ = true;
    for (auto& [domain, entry] : rings_) {
        if (domain == kDomain0) continue;
        if (entry.wants_page) activate(entry);
        const bool used = std::exchange(entry.used, false) || entry.active;
        // What comes between this and the end of the mapping comes with an event.
        if (!used && entry.ring->is_mapped()) entry.ring->unmap();
        resting_ = resting_ && !used;
    }
}

std::optional<std::chrono::milliseconds> Rings::until_rest(
    std::chrono::steady_clock::time_point now) const {
    if (resting_) return std::nullopt;
    return std::max(std::chrono::ceil<std::chrono::milliseconds>(rest_at_ - now),
                    std::chrono::milliseconds{0});
}

/// The port that the domain itself names in its page is to be preferred, but it may say anything.
Result<Port> Rings::bind(const Ring& ring, Port port) {
    const Port named{ring.page().event_port()};
    if (ring.domain() != kDomain0 && named != Port{} && named != port) {
        if (auto bound = channels_.bind_interdomain(ring.domain(), named)) return bound;
    }
    return channels_.bind_interdomain(ring.domain(), port);
}

void Rings::unbind(Entry& entry) {
    if (!entry.port) return;
    by_port_.erase(*entry.port);
    complain(channels_.unbind(*entry.port));
    entry.port.reset();
}

Result<> Rings::connect(DomainId domain, Port port) {
    ZEROTH_TRY(auto* const entry, find_or_map(domain));
    unbind(*entry);
    auto bound = bind(*entry->ring, port);
    if (!bound) {
        disconnect(domain);
        return fail(std::move(bound).error());
    }
    entry->port = *bound;
    by_port_[*bound] = domain;
    entry->fresh = true;
    activate(*entry);
    return {};
}

void Rings::reset(DomainId domain) {
    auto* const entry = find(domain);
    if (entry == nullptr || recovering_) return;
    entry->fresh = true;
    if (!has_page(*entry)) return;
    entry->ring->accept_reconnect();
    activate(*entry);
}

void Rings::disconnect(DomainId domain) {
    auto* const entry = find(domain);
    if (entry == nullptr) return;
    unbind(*entry);
    by_connection_.erase(entry->ring->id());
    dead_.push_back(std::move(entry->ring));
    rings_.erase(domain);
}

void Rings::recovered(Store& store) {
    recovering_ = false;
    for (auto& [domain, entry] : rings_) {
        entry.fresh = false;
        entry.ring->resume(store);
        remember(*entry.ring);
        activate(entry);
    }
}

Result<> Rings::bind_virq(std::uint32_t virq) {
    ZEROTH_TRY(virq_, channels_.bind_virq(virq));
    return {};
}

void Rings::ready(std::uint32_t) {
    for (int i = 0; i < hyper::EventChannels::kAtOnce; ++i) {
        const auto port = channels_.pending();
        if (!port) return;
        masked_.push_back(*port);
        if (virq_ == *port) global_ = true;
        const auto found = by_port_.find(*port);
        if (found == by_port_.end()) continue;
        if (auto* const entry = find(found->second)) activate(*entry);
    }
}

void Rings::serve(Store& store) {
    at_work_.clear();
    at_work_.swap(active_);
    for (const DomainId domain : at_work_) {
        auto* const entry = find(domain);
        if (entry == nullptr) continue;
        entry->active = false;
        if (!has_page(*entry)) continue;
        Ring& ring = *entry->ring;
        if (std::exchange(entry->fresh, false)) {
            ring.begin(store);
            remember(ring);
        }
        ring.serve(store, trace_);
        touched_.push_back(domain);
    }
}

bool Rings::flush(Store& store, ConnectionId id) {
    const auto found = by_connection_.find(id);
    if (found == by_connection_.end()) return false;
    auto* const entry = find(found->second);
    if (entry != nullptr && has_page(*entry)) {
        entry->ring->flush(store, trace_);
        touched_.push_back(found->second);
    }
    return true;
}

void Rings::finish(Store& store) {
    asked_on_ = false;
    at_work_.clear();
    at_work_.swap(touched_);
    for (const DomainId domain : at_work_) {
        auto* const entry = find(domain);
        if (entry == nullptr || !entry->ring->is_mapped()) continue;
        Ring& ring = *entry->ring;
        ring.flush(store, trace_);
        if (ring.take_moved() && entry->port) complain(channels_.notify(*entry->port));
        if (ring.take_more()) activate(*entry);
        if (entry->active || !ring.has_asked_on()) continue;
        activate(*entry);
        asked_on_ = true;
    }
    unmask();
    dead_.clear();
}

void Rings::unmask() {
    std::erase_if(masked_, [this](Port port) {
        const auto found = by_port_.find(port);
        const auto* const entry = found == by_port_.end() ? nullptr : find(found->second);
        if (entry != nullptr && entry->active) return false;
        if (port == virq_ || entry != nullptr) complain(channels_.unmask(port));
        return true;
    });
}

}  // namespace zeroth::xenstored
