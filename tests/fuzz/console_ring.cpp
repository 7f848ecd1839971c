// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "core/ids.hpp"
#include "libdomain/console/ring.hpp"

namespace {

using zeroth::console::Ring;

void require(bool holds) {
    if (!holds) std::abort();
}

/// The guest writes where it likes and what it likes, between any two of our steps.
struct Page {
    alignas(zeroth::kPageSize) std::array<std::byte, zeroth::kPageSize> bytes{};

    void write(std::size_t at, std::span<const std::uint8_t> from) {
        const auto count = std::min(from.size(), bytes.size() - at);
        std::memcpy(bytes.data() + at, from.data(), count);
    }
};

}  // namespace

// Steps of three bytes or more: what to do, and two bytes of how; a write takes as many bytes after
// them as its second says.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::span<const std::uint8_t> rest{data, size};
    Page page;
    if (rest.size() >= 16) {
        page.write(3072, rest.first(16));
        rest = rest.subspan(16);
    }
    Ring ring{page.bytes};
    std::array<char, 4096> copy{};
    while (rest.size() >= 3) {
        const std::size_t low = rest[1], high = rest[2];
        const auto step = rest[0] % 4;
        rest = rest.subspan(3);
        if (step == 0) {
            const auto bytes = rest.first(std::min(rest.size(), low % 64));
            page.write((3072 + high) % page.bytes.size(), bytes);
            rest = rest.subspan(bytes.size());
        } else if (step == 1) {
            const auto before = ring.consumer();
            const auto seen = ring.peek(std::span{copy}.first(low << 4));
            require(seen.size() <= std::min<std::size_t>(low << 4, Ring::kOutputSize));
            // Only an index that made no sense moves ours.
            require(ring.consumer() == before || ring.lies() > 0);
            ring.consume(static_cast<std::uint32_t>(std::min(seen.size(), high << 4)));
        } else if (step == 2) {
            require(ring.put(std::string_view{copy.data(), low << 4}) <= Ring::kInputSize);
        } else {
            (void)ring.has_output();
            ring.mark_connected();
        }
    }
    return 0;
}
