// SPDX-License-Identifier: Apache-2.0
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "libdomain/image/kernel.hpp"

namespace {

using namespace zeroth;

void require(bool holds) {
    if (!holds) std::abort();
}

/// What a plan relies on, whatever the file says.
void check_facts(const image::KernelFacts& facts) {
    require(!facts.segments.empty() && facts.image_size <= image::kLargestImage);
    std::uint64_t end = 0;
    for (const auto& segment : facts.segments) {
        require(segment.size <= segment.memory_size);
        require(segment.memory_size <= image::kLargestImage);
        require(segment.offset >= end && segment.offset <= facts.image_size);
        require(segment.size <= facts.image_size - segment.offset);
        require(segment.address.raw() <= ~segment.memory_size);
        end = segment.offset + segment.size;
    }
}

void load_all(const image::KernelFacts& facts) {
    constexpr std::uint64_t kWorthWhile = 4 << 20;
    if (facts.image_size > kWorthWhile) return;
    std::vector<std::byte> buffer(4096);
    std::uint64_t position = 0;
    const auto loaded = image::load(
        facts, buffer, [&](std::uint64_t offset, std::span<const std::byte> piece) -> Result<> {
            require(offset == position);
            position += piece.size();
            return {};
        });
    require(position <= facts.image_size && (!loaded || position == facts.image_size));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::span bytes{reinterpret_cast<const std::byte*>(data), size};
    if (const auto facts = image::probe_bytes(bytes, size)) check_facts(*facts);

    // The same bytes as a file, where wrappers are taken off.
    static const int file = ::memfd_create("kernel", MFD_CLOEXEC);
    require(::ftruncate(file, 0) == 0);
    require(::pwrite(file, data, size, 0) == static_cast<ssize_t>(size));
    const auto facts = image::probe("/proc/self/fd/" + std::to_string(file));
    if (!facts) return 0;
    check_facts(*facts);
    load_all(*facts);
    return 0;
}
