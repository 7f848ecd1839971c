// SPDX-License-Identifier: Apache-2.0
#include "libdomain/console/ring.hpp"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cstring>

#include "core/ids.hpp"

namespace zeroth::console {
namespace {

constexpr std::size_t kInput = 0, kOutput = 1024, kInputConsumer = 3072, kInputProducer = 3076,
                      kOutputConsumer = 3080, kOutputProducer = 3084, kConnection = 3088;

/// A stretch of a ring that may go past its end and on at its beginning.
struct Halves {
    std::uint32_t at, first, second;

    Halves(std::uint32_t index, std::uint32_t count, std::uint32_t size)
        : at{index % size}, first{std::min(count, size - at)}, second{count - first} {}
};

/// The order of our accesses before and after, as the guest sees it; and no access to the page is
/// made again after it.
void barrier() { std::atomic_thread_fence(std::memory_order_seq_cst); }

}  // namespace

Ring::Ring(std::span<std::byte> page) : page_{page} {
    assert(page.size() >= kPageSize);
    consumer_ = load(kOutputConsumer);
    producer_ = load(kInputProducer);
}

std::uint32_t Ring::load(std::size_t offset) const {
    void* const at = page_.subspan(offset).data();
    return std::atomic_ref{*static_cast<std::uint32_t*>(at)}.load(std::memory_order_acquire);
}

void Ring::store(std::size_t offset, std::uint32_t value) {
    void* const at = page_.subspan(offset).data();
    std::atomic_ref{*static_cast<std::uint32_t*>(at)}.store(value, std::memory_order_release);
}

void Ring::mark_connected() {
    page_[kConnection] = std::byte{0};
    barrier();
}

std::uint32_t Ring::unread() {
    const std::uint32_t producer = load(kOutputProducer);
    const std::uint32_t count = producer - consumer_;
    if (count <= kOutputSize) return count;
    ++lies_;
    // A guest that began anew (a soft reset, a boot loader's successor) moved both indexes; of any
    // other, nothing can be told from the ring. Either way it hurts nobody but itself.
    const std::uint32_t claimed = load(kOutputConsumer);
    consumer_ = producer - claimed <= kOutputSize ? claimed : producer;
    store(kOutputConsumer, consumer_);
    return producer - consumer_;
}

std::string_view Ring::peek(std::span<char> copy) {
    const auto room = static_cast<std::uint32_t>(std::min<std::size_t>(copy.size(), kOutputSize));
    const std::uint32_t count = std::min(unread(), room);
    const Halves halves{consumer_, count, kOutputSize};
    std::memcpy(copy.data(), page_.data() + kOutput + halves.at, halves.first);
    std::memcpy(copy.data() + halves.first, page_.data() + kOutput, halves.second);
    barrier();
    return {copy.data(), count};
}

void Ring::consume(std::uint32_t count) {
    consumer_ += count;
    store(kOutputConsumer, consumer_);
    barrier();
}

bool Ring::has_output() const { return load(kOutputProducer) != consumer_; }

std::uint32_t Ring::put(std::string_view bytes) {
    std::uint32_t unread = producer_ - load(kInputConsumer);
    if (unread > kInputSize) {
        ++lies_;
        const std::uint32_t claimed = load(kInputProducer);
        const std::uint32_t consumer = load(kInputConsumer);
        producer_ = claimed - consumer <= kInputSize ? claimed : consumer;
        unread = producer_ - consumer;
    }
    const auto count =
        static_cast<std::uint32_t>(std::min<std::size_t>(bytes.size(), kInputSize - unread));
    if (count == 0) return 0;
    const Halves halves{producer_, count, kInputSize};
    barrier();
    std::memcpy(page_.data() + kInput + halves.at, bytes.data(), halves.first);
    std::memcpy(page_.data() + kInput, bytes.data() + halves.first, halves.second);
    producer_ += count;
    store(kInputProducer, producer_);
    barrier();
    return count;
}

}  // namespace zeroth::console
