// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace zeroth::console {

/// A console's stream for those who asked for frames: a letter, the payload's size as two bytes,
/// the higher first, and the payload.
enum class FrameKind : char {
    /// What the guest printed.
    kOutput = 'O',
    /// A sentence for the user.
    kNotice = 'N',
    /// To the guest.
    kInput = 'I',
    /// Take the pen from whoever holds it; no payload.
    kTakePen = 'T',
};

struct Frame {
    FrameKind kind;
    std::string payload;
};

inline constexpr std::size_t kMaxFramePayload = 0xFFFF;

/// Appends a frame; a longer payload becomes several.
void append_frame(std::string& to, FrameKind kind, std::string_view payload);

/// Fed any split of the stream, gives the same frames.
class FrameReader {
public:
    void feed(std::string_view bytes) { bytes_ += bytes; }
    /// nullopt: not all of it is there yet. EPROTO: no stream of frames.
    Result<std::optional<Frame>> next();

private:
    std::string bytes_;
    std::size_t at_ = 0;
};

}  // namespace zeroth::console
