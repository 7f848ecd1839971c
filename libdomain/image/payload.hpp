// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "core/result.hpp"
#include "libdomain/image/packed.hpp"
#include "libdomain/image/regular_file.hpp"

namespace zeroth::image {

/// The kernel's own bytes, first to last, unpacked on the way.
class Payload {
public:
    /// `file` outlives the result.
    static Result<std::unique_ptr<Payload>> open(const RegularFile& file, const Packing& packing);
    virtual ~Payload() = default;

    /// As many bytes as there are, up to out.size(): fewer only at the end.
    virtual Result<std::size_t> read_some(std::span<std::byte> out) = 0;
    /// Called behind the last byte: checks that there are no more, and their checksums.
    virtual Result<> finish() = 0;

    /// Fills `out`; an end on the way is an error.
    Result<> read(std::span<std::byte> out);
    /// Bytes from here to the end, which is reached.
    Result<std::uint64_t> count_rest(std::uint64_t limit);
};

}  // namespace zeroth::image
