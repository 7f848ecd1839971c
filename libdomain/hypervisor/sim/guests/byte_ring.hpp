// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace zeroth::hyper::sim {

/// A ring of bytes as Xen's consoles and XenStore have them: a power of two of bytes, and two
/// indexes that only ever grow. The other side may write whatever it likes into them.
class ByteRing {
public:
    /// `indexes` has the consumer's and then the producer's.
    ByteRing(std::span<std::byte> bytes, std::span<std::byte> indexes)
        : bytes_{bytes}, consumer_{at(indexes, 0)}, producer_{at(indexes, 4)} {}

    std::size_t put(std::string_view text) {
        const auto consumer = std::atomic_ref{consumer_}.load(std::memory_order_acquire);
        const auto used = producer_ - consumer;
        if (used > bytes_.size()) return 0;
        const auto count = std::min(text.size(), bytes_.size() - used);
        for (std::size_t i = 0; i < count; ++i) {
            bytes_[(producer_ + i) % bytes_.size()] = static_cast<std::byte>(text[i]);
        }
        std::atomic_ref{producer_}.store(producer_ + static_cast<std::uint32_t>(count),
                                         std::memory_order_release);
        return count;
    }
    std::string take() {
        const auto producer = std::atomic_ref{producer_}.load(std::memory_order_acquire);
        std::string text;
        if (producer - consumer_ > bytes_.size()) return text;
        for (auto i = consumer_; i != producer; ++i) {
            text += static_cast<char>(bytes_[i % bytes_.size()]);
        }
        std::atomic_ref{consumer_}.store(producer, std::memory_order_release);
        return text;
    }

private:
    static std::uint32_t& at(std::span<std::byte> indexes, std::size_t offset) {
        void* const place = indexes.subspan(offset, sizeof(std::uint32_t)).data();
        return *static_cast<std::uint32_t*>(place);
    }

    std::span<std::byte> bytes_;
    std::uint32_t& consumer_;
    std::uint32_t& producer_;
};

}  // namespace zeroth::hyper::sim
