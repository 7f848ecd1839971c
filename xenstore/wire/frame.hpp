// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "xenstore/wire/message.hpp"

namespace zeroth::xs {

/// A message where it lies: the payload is a view into the bytes it was parsed from.
struct Frame {
    MessageType type = MessageType::kError;
    std::uint32_t request_id = 0;
    std::uint32_t transaction_id = 0;
    std::string_view payload;

    std::size_t size() const { return kHeaderSize + payload.size(); }
};

/// The first message of `bytes`. nullopt: not all of it is there yet. An Error: a length over
/// kMaxPayload; what follows cannot be made sense of.
Result<std::optional<Frame>> parse_frame(std::string_view bytes);

/// Appends header and payload to `out`; the payload is at most kMaxPayload bytes.
void encode(const Frame& frame, std::string& out);

}  // namespace zeroth::xs
