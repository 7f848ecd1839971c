// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
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

    /// The range where it lies in this process, for the model's own use.
    std::span<std::byte> frames(FrameRange range) const;
    int fd() const { return fd_.get(); }
    /// Maps the ranges one after the other.
    Result<std::span<std::byte>> map(std::span<const FrameRange> ranges) const;
    /// The same of another process's memory, given as a file.
    static Result<std::span<std::byte>> map(int fd, std::span<const FrameRange> ranges);
    static void unmap(std::span<std::byte> bytes);
    /// As Xen scrubs what it takes back.
    void clear(FrameRange range) const;

private:
    struct Unmap {
        std::size_t size = 0;
        void operator()(std::byte* bytes) const { unmap({bytes, size}); }
    };
    using Whole = std::unique_ptr<std::byte, Unmap>;

    Backing(UniqueFd fd, Whole whole) : fd_{std::move(fd)}, whole_{std::move(whole)} {}

    UniqueFd fd_;
    Whole whole_;
};

}  // namespace zeroth::hyper::sim
