// SPDX-License-Identifier: Apache-2.0
#include "xl/event_stream.hpp"

#include <utility>

namespace zeroth::xl {
namespace {

/// An event is a few hundred bytes.
constexpr std::size_t kMaxMessage = 1U << 20;

}  // namespace

Result<> EventStream::feed(std::string_view piece, const Sink& sink) {
    for (;;) {
        const std::size_t end = piece.find('\n');
        rest_ += piece.substr(0, end);
        if (rest_.size() + message_.data.size() > kMaxMessage)
            return fail("xld's stream of events has a message without an end");
        if (end == std::string_view::npos) return {};
        piece.remove_prefix(end + 1);
        const std::string whole = std::exchange(rest_, {});
        ZEROTH_CHECK(line(whole, sink));
    }
}

Result<> EventStream::line(std::string_view text, const Sink& sink) {
    if (text.empty()) {
        last_id_ = next_id_;
        const Message message = std::exchange(message_, {});
        return message.data.empty() ? Result<>{} : sink(message);
    }
    const std::size_t colon = text.find(':');
    const std::string_view field = text.substr(0, colon);
    std::string_view value = colon == std::string_view::npos ? "" : text.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (field == "id") next_id_ = value;
    if (field == "event") message_.name = value;
    if (field == "data") {
        if (!message_.data.empty()) message_.data += '\n';
        message_.data += value;
    }
    return {};
}

void EventStream::cut() {
    rest_.clear();
    message_ = {};
    next_id_ = last_id_;
}

}  // namespace zeroth::xl
