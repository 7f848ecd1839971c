// SPDX-License-Identifier: Apache-2.0
#include "xenstore/wire/frame.hpp"

#include <fmt/format.h>

#include <array>
#include <cassert>
#include <cstring>
#include <utility>

#include "core/cursor.hpp"

namespace zeroth::xs {

Result<std::optional<Frame>> parse_frame(std::string_view bytes) {
    ByteReader reader{bytes};
    Frame frame;
    frame.type = MessageType{reader.little<std::uint32_t>()};
    frame.request_id = reader.little<std::uint32_t>();
    frame.transaction_id = reader.little<std::uint32_t>();
    const auto length = reader.little<std::uint32_t>();
    if (!reader.ok()) return std::nullopt;
    if (length > kMaxPayload) {
        return fail(EPROTO, fmt::format("a XenStore message of {} bytes (at most {})", length,
                                        kMaxPayload));
    }
    if (reader.remaining() < length) return std::nullopt;
    frame.payload = bytes.substr(kHeaderSize, length);
    return frame;
}

void encode(const Frame& frame, std::string& out) {
    assert(frame.payload.size() <= kMaxPayload);
    const std::array header{std::to_underlying(frame.type), frame.request_id, frame.transaction_id,
                            static_cast<std::uint32_t>(frame.payload.size())};
    std::array<char, kHeaderSize> bytes;
    static_assert(sizeof header == sizeof bytes);
    std::memcpy(bytes.data(), header.data(), bytes.size());
    out.append(bytes.data(), bytes.size());
    out += frame.payload;
}

}  // namespace zeroth::xs
