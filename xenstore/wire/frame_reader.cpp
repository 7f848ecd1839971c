// SPDX-License-Identifier: Apache-2.0
#include "xenstore/wire/frame_reader.hpp"

#include <fmt/format.h>

#include "core/cursor.hpp"

namespace zeroth::xs {

void FrameReader::feed(std::string_view bytes) {
    buffer_.erase(0, consumed_);
    consumed_ = 0;
    buffer_ += bytes;
}

Result<std::optional<Message>> FrameReader::next() {
    ByteReader reader{std::string_view{buffer_}.substr(consumed_)};
    Message message;
    message.type = MessageType{reader.little<std::uint32_t>()};
    message.request_id = reader.little<std::uint32_t>();
    message.transaction_id = reader.little<std::uint32_t>();
    const auto length = reader.little<std::uint32_t>();
    if (!reader.ok()) return std::nullopt;
    if (length > kMaxPayload) {
        return fail(EPROTO, fmt::format("a XenStore message of {} bytes (at most {})", length,
                                        kMaxPayload));
    }
    if (reader.remaining() < length) return std::nullopt;
    message.payload = buffer_.substr(consumed_ + kHeaderSize, length);
    consumed_ += kHeaderSize + length;
    return message;
}

}  // namespace zeroth::xs
