// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "xenstore/wire/frame.hpp"

namespace zeroth::xenstored {

inline std::string message(xs::MessageType type, std::uint32_t id, std::string_view payload) {
    std::string bytes;
    xs::encode(xs::Frame{type, id, 0, payload}, bytes);
    return bytes;
}

/// A page and the domain's side of it, as a well-behaved kernel plays it; `word` is for others.
struct GuestPage {
    alignas(4096) std::array<std::byte, 4096> bytes{};

    static constexpr std::size_t kRequestConsumer = 2048, kRequestProducer = 2052,
                                 kReplyConsumer = 2056, kReplyProducer = 2060, kFeatures = 2064,
                                 kConnection = 2068, kError = 2072, kEventPort = 2076;

    std::uint32_t word(std::size_t offset) const {
        std::uint32_t value = 0;
        std::memcpy(&value, &bytes.at(offset), sizeof value);
        return value;
    }
    void set_word(std::size_t offset, std::uint32_t value) {
        std::memcpy(&bytes.at(offset), &value, sizeof value);
    }

    /// Puts what there is room for, and takes that off the front.
    void put(std::string& requests) {
        std::uint32_t producer = word(kRequestProducer);
        std::size_t done = 0;
        while (done < requests.size() && producer - word(kRequestConsumer) < 1024) {
            bytes[producer % 1024] = static_cast<std::byte>(requests[done]);
            ++done;
            ++producer;
        }
        set_word(kRequestProducer, producer);
        requests.erase(0, done);
    }
    void put_all(std::string requests) { put(requests); }

    std::string take() {
        std::string taken;
        std::uint32_t consumer = word(kReplyConsumer);
        while (consumer != word(kReplyProducer)) {
            taken += static_cast<char>(bytes[1024 + consumer % 1024]);
            ++consumer;
        }
        set_word(kReplyConsumer, consumer);
        return taken;
    }
};

struct Reply {
    xs::MessageType type;
    std::uint32_t id;
    std::string payload;
    friend bool operator==(const Reply&, const Reply&) = default;
};

/// The whole messages at the front of `bytes`, which keep the rest.
inline std::vector<Reply> take_messages(std::string& bytes) {
    std::vector<Reply> replies;
    for (;;) {
        const auto frame = xs::parse_frame(bytes);
        if (!frame || !*frame) return replies;
        replies.push_back({(*frame)->type, (*frame)->request_id, std::string{(*frame)->payload}});
        bytes.erase(0, (*frame)->size());
    }
}

}  // namespace zeroth::xenstored
