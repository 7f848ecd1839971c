// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "core/result.hpp"
#include "core/unique_fd.hpp"
#include "libdomain/hypervisor/sim/frames.hpp"

namespace zeroth::hyper::sim {

/// The bytes behind machine frames: one sparse file, so that every mapping of a frame is the same
/// memory, and frames that nobody touched cost nothing.
class Backing {
public:
    static Result<Backing> create(std::uint64_t frames);

    /// Maps the ranges one after the other.
    Result<std::span<std::byte>> map(std::span<const FrameRange> ranges) const;
    static void unmap(std::span<std::byte> bytes);
    /// As Xen scrubs what it takes back.
    void clear(FrameRange range) const;

private:
    explicit Backing(UniqueFd fd) : fd_{std::move(fd)} {}
    UniqueFd fd_;
};

}  // namespace zeroth::hyper::sim
