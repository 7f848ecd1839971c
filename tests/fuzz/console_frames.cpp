// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "libdomain/console/frames.hpp"

namespace {

using zeroth::console::FrameReader;

/// All that a reader makes of the stream when it comes in pieces of this size.
std::string read_all(std::string_view stream, std::size_t piece) {
    FrameReader reader;
    std::string seen;
    while (!stream.empty()) {
        reader.feed(stream.substr(0, piece));
        stream.remove_prefix(std::min(piece, stream.size()));
        for (;;) {
            const auto frame = reader.next();
            if (!frame) return seen + '!';
            if (!*frame) break;
            zeroth::console::append_frame(seen, (*frame)->kind, (*frame)->payload);
        }
    }
    return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string stream;
    for (std::size_t i = 0; i < size; ++i) stream += static_cast<char>(data[i]);
    const auto whole = read_all(stream, stream.size() + 1);
    // What was read, written again, is what was there; and no split makes a difference.
    const auto read = std::string_view{whole}.substr(0, whole.size() - whole.ends_with('!'));
    if (!stream.starts_with(read)) std::abort();
    if (read_all(stream, 1) != whole || read_all(stream, 7) != whole) std::abort();
    return 0;
}
