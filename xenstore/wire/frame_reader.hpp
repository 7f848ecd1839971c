// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "xenstore/wire/message.hpp"

namespace zeroth::xs {

/// Turns a stream of bytes into messages: fed any split of the stream, it gives the same messages.
class FrameReader {
public:
    void feed(std::string_view bytes);
    /// nullopt: no whole message yet. An Error: a length over kMaxPayload; the stream is broken.
    Result<std::optional<Message>> next();

private:
    std::string buffer_;
    std::size_t consumed_ = 0;
};

}  // namespace zeroth::xs
