// SPDX-License-Identifier: Apache-2.0
#include "xenstore/daemon/ring_page.hpp"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cstring>

#include "core/ids.hpp"

namespace zeroth::xenstored {
namespace {

constexpr std::size_t kRequests = 0, kReplies = 1024, kRequestConsumer = 2048,
                      kRequestProducer = 2052, kReplyConsumer = 2056, kReplyProducer = 2060,
                      kServerFeatures = 2064, kConnection = 2068, kErrorCode = 2072,
                      kEventPort = 2076;
constexpr std::uint32_t kConnected = 0, kReconnect = 1;

/// A stretch of a ring that may go past its end and on at its beginning.
struct Halves {
    std::uint32_t at, first, second;

    Halves(std::uint32_t index, std::uint32_t count)
        : at{index % RingPage::kRingSize},
          first{std::min(count, RingPage::kRingSize - at)},
          second{count - first} {}
};

/// The order of our accesses before and after, as the domain sees it; and no access to the page is
/// made again after it.
void barrier() { std::atomic_thread_fence(std::memory_order_seq_cst); }

}  // namespace

RingPage::RingPage(std::span<std::byte> page) : page_{page} { assert(page.size() >= kPageSize); }

std::uint32_t RingPage::load(std::size_t offset) const {
    void* const at = page_.subspan(offset).data();
    return std::atomic_ref{*static_cast<std::uint32_t*>(at)}.load(std::memory_order_acquire);
}

void RingPage::store(std::size_t offset, std::uint32_t value) {
    void* const at = page_.subspan(offset).data();
    std::atomic_ref{*static_cast<std::uint32_t*>(at)}.store(value, std::memory_order_release);
}

RingPage::Positions RingPage::positions() const {
    return {load(kRequestConsumer), load(kReplyProducer)};
}

void RingPage::set_positions(Positions positions) {
    store(kRequestConsumer, positions.consumer);
    store(kReplyProducer, positions.producer);
    barrier();
}

std::optional<std::string_view> RingPage::requests(std::uint32_t consumer,
                                                   std::span<char, kRingSize> copy) const {
    const std::uint32_t count = load(kRequestProducer) - consumer;
    if (count > kRingSize) return std::nullopt;
    const Halves halves{consumer, count};
    std::memcpy(copy.data(), page_.data() + kRequests + halves.at, halves.first);
    std::memcpy(copy.data() + halves.first, page_.data() + kRequests, halves.second);
    barrier();
    return std::string_view{copy.data(), count};
}

bool RingPage::has_requests(std::uint32_t consumer) const {
    return load(kRequestProducer) != consumer;
}

void RingPage::publish_consumer(std::uint32_t consumer) {
    store(kRequestConsumer, consumer);
    barrier();
}

std::optional<std::uint32_t> RingPage::room(std::uint32_t producer) const {
    const std::uint32_t unread = producer - load(kReplyConsumer);
    if (unread > kRingSize) return std::nullopt;
    return kRingSize - unread;
}

void RingPage::put(std::uint32_t producer, std::string_view bytes) {
    assert(bytes.size() <= kRingSize);
    const auto count = static_cast<std::uint32_t>(bytes.size());
    const Halves halves{producer, count};
    barrier();
    std::memcpy(page_.data() + kReplies + halves.at, bytes.data(), halves.first);
    std::memcpy(page_.data() + kReplies, bytes.data() + halves.first, halves.second);
    store(kReplyProducer, producer + count);
    barrier();
}

bool RingPage::wants_reconnect() const { return load(kConnection) == kReconnect; }

void RingPage::reconnect() {
    for (const std::size_t index :
         {kRequestConsumer, kRequestProducer, kReplyConsumer, kReplyProducer}) {
        store(index, 0);
    }
    store(kErrorCode, 0);
    store(kConnection, kConnected);
    barrier();
}

bool RingPage::accept_reconnect() {
    if (!wants_reconnect()) return false;
    store(kConnection, kConnected);
    barrier();
    return true;
}

void RingPage::offer_features(std::uint32_t features) { store(kServerFeatures, features); }

void RingPage::set_fault(Fault fault) {
    store(kErrorCode, static_cast<std::uint32_t>(fault));
    barrier();
}

RingPage::Fault RingPage::fault() const { return Fault{load(kErrorCode)}; }

std::uint32_t RingPage::event_port() const { return load(kEventPort); }

}  // namespace zeroth::xenstored
