// SPDX-License-Identifier: Apache-2.0
#include "xenstore/daemon/ring.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/log.hpp"

namespace zeroth::xenstored {
namespace {

/// Fillings of the ring per turn, for a domain that reads as fast as we write.
constexpr int kFillings = 4;
/// More than this at once is not of one who waits for each reply.
constexpr std::size_t kBrief = RingPage::kRingSize / 4;

}  // namespace

std::string Ring::who() const { return fmt::format("domain {}", domain_.raw()); }

void Ring::unmap() {
    page_.move_to({});
    mapping_.reset();
}

void Ring::map(hyper::Mapping mapping) {
    mapping_ = std::move(mapping);
    page_.move_to(mapping_->bytes());
}

void Ring::begin(Store& store) {
    page_.offer_features(store.features(domain_));
    page_.set_fault(RingPage::Fault::kNone);
    given_up_ = false;
    restart(store, page_.positions());
}

/// As a connection without output, and with its streams there.
void Ring::restart(Store& store, RingPage::Positions positions) {
    id_ = store.ring(domain_).value_or(id_);
    store.restart(domain_, positions.consumer, positions.producer);
    at_ = positions;
    traced_in_.clear();
    traced_out_.clear();
    moved_ = more_ = true;
}

/// The same, and without the watches and transactions that it has.
void Ring::start_over(Store& store, RingPage::Positions positions) {
    using namespace std::string_view_literals;
    store.handle(id_, {xs::MessageType::kResetWatches, 0, 0, "\0"sv});
    restart(store, positions);
}

void Ring::resume(Store& store) {
    page_.offer_features(store.features(domain_));
    id_ = store.ring(domain_).value_or(id_);
    moved_ = more_ = true;
    if (page_.wants_reconnect()) return;
    if (page_.fault() != RingPage::Fault::kNone) {
        given_up_ = true;
        return;
    }
    const auto kept = store.position(domain_).value_or(Store::RingPosition{});
    at_ = page_.positions();
    // What we had not published when we were stopped.
    const std::uint32_t behind = kept.consumer - at_.consumer;
    const std::uint32_t unsent = kept.producer_end - at_.producer;
    const std::size_t output = store.output(id_).size();
    if (behind > RingPage::kRingSize || unsent > output) {
        log::warning("{}: its ring is not where we left it; its watches are lost", who());
        return start_over(store, at_);
    }
    store.sent(id_, output - unsent);
    at_.consumer = kept.consumer;
    page_.publish_consumer(at_.consumer);
}

void Ring::reconnect(Store& store) {
    // In this order: if we end in between, the domain still waits and the next one does it again.
    start_over(store, {});
    if (store.failure()) return;
    page_.reconnect();
    given_up_ = false;
    log::info("{} has reconnected its ring", who());
}

void Ring::serve(Store& store, Trace& trace) {
    brief_ = false;
    stalled_ = page_.wants_reconnect() && !store.has_room(domain_);
    if (stalled_) return;
    if (page_.wants_reconnect()) return reconnect(store);
    if (given_up_) return;
    stalled_ = !store.wants_input(id_);
    if (stalled_) return;
    std::array<char, RingPage::kRingSize> copy;  // NOLINT(*-member-init): filled as far as used
    const auto bytes = page_.requests(at_.consumer, copy);
    if (!bytes) return give_up(store, RingPage::Fault::kIndex, "req_prod makes no sense");
    if (bytes->empty()) return;
    const auto end = at_.consumer + static_cast<std::uint32_t>(bytes->size());
    const auto left = store.received(domain_, *bytes, end);
    if (store.failure()) return;
    const auto taken = bytes->substr(0, bytes->size() - left.value_or(0));
    if (trace.on()) trace.stream(Trace::Direction::kIn, who(), taken, traced_in_);
    at_.consumer += static_cast<std::uint32_t>(taken.size());
    if (!left) return give_up(store, RingPage::Fault::kProtocol, left.error().text());
    page_.publish_consumer(at_.consumer);
    moved_ = true;
    brief_ = taken.size() <= kBrief;
    // The domain sends no event for what it put in before it could see that.
    stalled_ = !store.wants_input(id_);
    more_ |= !stalled_ && page_.has_requests(at_.consumer);
}

bool Ring::has_asked_on() const {
    return brief_ && !given_up_ && !stalled_ && page_.has_requests(at_.consumer);
}

void Ring::flush(Store& store, Trace& trace) {
    if (given_up_) {
        more_ |= stalled_ && store.wants_input(id_);
        return;
    }
    if (store.hopeless(id_))
        return give_up(store, RingPage::Fault::kCommunication, "it does not read what it is sent");
    int fillings = 0;
    while (fillings < kFillings && give(store, trace)) ++fillings;
    more_ |= fillings == kFillings || (stalled_ && store.wants_input(id_));
}

/// Whether something was given. As long as it was, there may be room again that the domain made
/// before it could see that the ring was full, and of which it sends no event.
bool Ring::give(Store& store, Trace& trace) {
    const auto output = store.output(id_);
    if (output.empty()) return false;
    const auto room = page_.room(at_.producer);
    if (!room) {
        give_up(store, RingPage::Fault::kIndex, "rsp_cons makes no sense");
        return false;
    }
    const auto part = output.substr(0, *room);
    if (part.empty()) return false;
    page_.put(at_.producer, part);
    if (trace.on()) trace.stream(Trace::Direction::kOut, who(), part, traced_out_);
    at_.producer += static_cast<std::uint32_t>(part.size());
    moved_ = true;
    store.sent(id_, part.size());
    return true;
}

void Ring::give_up(Store& store, RingPage::Fault fault, std::string_view why) {
    log::warning("{}: its ring is given up: {}", who(), why);
    given_up_ = true;
    start_over(store, at_);
    if (store.failure()) return;
    page_.publish_consumer(at_.consumer);
    page_.set_fault(fault);
}

}  // namespace zeroth::xenstored
