// SPDX-License-Identifier: Apache-2.0
#include "xenstore/server/output.hpp"

#include <cassert>
#include <cstring>
#include <utility>

#include "xenstore/tree/words.hpp"

namespace zeroth::xenstored {
namespace {

/// What an idle connection may keep.
constexpr std::size_t kIdleCapacity = 256;
constexpr std::size_t kFirstEvents = 8;

std::size_t hash_of(std::string_view path, std::string_view token) {
    return hash_of_text(path) * 31 + hash_of_text(token);
}

}  // namespace

void Output::append(const xs::Frame& frame) {
    xs::encode(frame, buffer_);
    ++messages_;
}

void Output::append_bytes(std::string_view bytes) {
    auto at = buffer_.size();
    buffer_ += bytes;
    for (; at < buffer_.size(); at += message_size(at)) ++messages_;
}

void Output::append_event(std::string_view path, std::string_view token, Equal equal) {
    const auto size = path.size() + token.size() + 2;
    if (size > xs::kMaxPayload) return;
    const auto hash = hash_of(path, token);
    if (equal == Equal::kDrop) {
        if (pending(hash, path, token)) return;
        remember(hash, end());
    }
    // The payload is put behind a header that already counts it.
    xs::encode(xs::Frame{xs::MessageType::kWatchEvent, 0, 0, {}}, buffer_);
    const auto length = static_cast<std::uint32_t>(size);
    std::memcpy(buffer_.data() + buffer_.size() - sizeof length, &length, sizeof length);
    buffer_ += path;
    buffer_ += '\0';
    buffer_ += token;
    buffer_ += '\0';
    ++messages_;
}

void Output::clear() { sent(unsent().size()); }

void Output::sent(std::size_t bytes) {
    head_ += bytes;
    assert(head_ <= buffer_.size());
    if (head_ < buffer_.size()) {
        for (auto next = first_; (next += message_size(first_)) <= head_; first_ = next)
            --messages_;
        // Moved to the front only once that frees more than it copies.
        if (first_ > buffer_.size() / 2) {
            buffer_.erase(0, first_);
            base_ += first_;
            head_ -= std::exchange(first_, 0);
        }
        return;
    }
    base_ += buffer_.size();
    head_ = first_ = 0;
    messages_ = 0;
    if (buffer_.capacity() > kIdleCapacity) {
        buffer_ = {};
    } else {
        buffer_.clear();
    }
    if (!events_.empty()) events_ = {};
    events_used_ = 0;
}

std::size_t Output::message_size(std::size_t offset) const {
    std::uint32_t length = 0;
    if (buffer_.size() - offset < xs::kHeaderSize) return buffer_.size() - offset;
    std::memcpy(&length, buffer_.data() + offset + xs::kHeaderSize - sizeof length, sizeof length);
    return xs::kHeaderSize + length;
}

bool Output::is_event(Position position, std::string_view path, std::string_view token) const {
    if (position < base_ + first_) return false;
    const auto message = std::string_view{buffer_}.substr(offset_of(position));
    const auto payload = message.substr(xs::kHeaderSize);
    return payload.size() > path.size() + 1 + token.size() && payload.starts_with(path) &&
           payload[path.size()] == '\0' && payload.substr(path.size() + 1).starts_with(token) &&
           payload[path.size() + 1 + token.size()] == '\0';
}

bool Output::pending(std::size_t hash, std::string_view path, std::string_view token) const {
    if (events_.empty()) return false;
    const auto mask = events_.size() - 1;
    for (auto i = hash & mask; events_[i].position != kNone; i = (i + 1) & mask) {
        if (events_[i].hash == hash && is_event(events_[i].position, path, token)) return true;
    }
    return false;
}

void Output::remember(std::size_t hash, Position position) {
    if (events_used_ * 2 >= events_.size()) {
        const auto old = std::exchange(events_, {});
        events_.resize(old.empty() ? kFirstEvents : old.size() * 2);
        events_used_ = 0;
        for (const auto& event : old) {
            const bool unsent = event.position != kNone && event.position >= base_ + first_;
            if (unsent) remember(event.hash, event.position);
        }
    }
    const auto mask = events_.size() - 1;
    auto i = hash & mask;
    while (events_[i].position != kNone) i = (i + 1) & mask;
    events_[i] = {hash, position};
    ++events_used_;
}

}  // namespace zeroth::xenstored
