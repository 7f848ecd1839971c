// SPDX-License-Identifier: Apache-2.0
#include "libdomain/console/frames.hpp"

#include <algorithm>

namespace zeroth::console {
namespace {

constexpr std::size_t kHead = 3;
constexpr std::string_view kKinds = "ONIT";

}  // namespace

void append_frame(std::string& to, FrameKind kind, std::string_view payload) {
    do {
        const auto piece = payload.substr(0, kMaxFramePayload);
        payload.remove_prefix(piece.size());
        to += static_cast<char>(kind);
        to += static_cast<char>(piece.size() >> 8);
        to += static_cast<char>(piece.size() & 0xFF);
        to += piece;
    } while (!payload.empty());
}

Result<std::optional<Frame>> FrameReader::next() {
    const std::string_view rest = std::string_view{bytes_}.substr(at_);
    if (!rest.empty() && kKinds.find(rest[0]) == kKinds.npos) {
        return fail(Error::message(EPROTO, "this is no stream of console frames"));
    }
    std::optional<Frame> frame;
    if (rest.size() >= kHead) {
        const auto high = static_cast<unsigned char>(rest[1]);
        const auto low = static_cast<unsigned char>(rest[2]);
        const std::size_t size = std::size_t{high} << 8 | low;
        if (rest.size() - kHead >= size) {
            frame = Frame{static_cast<FrameKind>(rest[0]), std::string{rest.substr(kHead, size)}};
            at_ += kHead + size;
        }
    }
    if (at_ == bytes_.size() || !frame) {
        bytes_.erase(0, at_);
        at_ = 0;
    }
    return frame;
}

}  // namespace zeroth::console
