// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "xenstore/wire/frame.hpp"

namespace zeroth::xenstored {

/// What a connection is to be sent: whole messages one after the other, of which the transport
/// takes bytes from the front. Empty, it holds next to no memory.
class Output {
public:
    /// Positions in the stream count from its beginning.
    using Position = std::uint64_t;

    void append(const xs::Frame& frame);
    /// Messages as they are.
    void append_bytes(std::string_view bytes);
    enum class Equal { kDrop, kKeep };
    /// A WATCH_EVENT; one that is equal to another still unsent can be dropped.
    void append_event(std::string_view path, std::string_view token, Equal equal);
    void clear();

    std::string_view unsent() const { return std::string_view{buffer_}.substr(head_); }
    std::string_view since(Position position) const {
        return std::string_view{buffer_}.substr(offset_of(position));
    }
    Position end() const { return base_ + buffer_.size(); }
    void sent(std::size_t bytes);
    /// Messages that are not sent to their end.
    std::size_t messages() const { return messages_; }

private:
    struct Event {
        std::size_t hash = 0;
        /// Where its message begins; kNone for an empty place.
        Position position = kNone;
    };
    static constexpr Position kNone = ~Position{0};

    std::size_t offset_of(Position position) const {
        return static_cast<std::size_t>(position - base_);
    }
    bool pending(std::size_t hash, std::string_view path, std::string_view token) const;
    bool is_event(Position position, std::string_view path, std::string_view token) const;
    void remember(std::size_t hash, Position position);
    std::size_t message_size(std::size_t offset) const;

    std::string buffer_;
    std::size_t head_ = 0;
    /// Where in the buffer the first message begins that is not wholly sent.
    std::size_t first_ = 0;
    Position base_ = 0;
    std::uint32_t messages_ = 0;
    std::uint32_t events_used_ = 0;
    /// An open-addressed table of unsent events.
    std::vector<Event> events_;
};

}  // namespace zeroth::xenstored
