// SPDX-License-Identifier: Apache-2.0
#include "xenstore/wire/frame_reader.hpp"

#include "xenstore/wire/frame.hpp"

namespace zeroth::xs {

void FrameReader::feed(std::string_view bytes) {
    buffer_.erase(0, consumed_);
    consumed_ = 0;
    buffer_ += bytes;
}

Result<std::optional<Message>> FrameReader::next() {
    ZEROTH_TRY(const auto frame, parse_frame(std::string_view{buffer_}.substr(consumed_)));
    if (!frame) return std::nullopt;
    consumed_ += frame->size();
    return Message{frame->type, frame->request_id, frame->transaction_id,
                   std::string{frame->payload}};
}

}  // namespace zeroth::xs
