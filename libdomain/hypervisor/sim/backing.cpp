// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/sim/backing.hpp"

#include <fcntl.h>
#include <sys/mman.h>

#include <cerrno>
#include <cstddef>
#include <limits>

#include "core/ids.hpp"

namespace zeroth::hyper::sim {
namespace {

std::size_t size_of(std::uint64_t frames) { return static_cast<std::size_t>(frames << kPageShift); }

}  // namespace

Result<Backing> Backing::create(std::uint64_t frames) {
    if (frames > std::numeric_limits<std::ptrdiff_t>::max() >> kPageShift) {
        return fail(
            Error{ENOMEM, "a simulated machine's memory, in this program's address space"}
                .with_hint("give it less (memory=, in MiB): at most 1024 on a 32-bit host"));
    }
    UniqueFd fd{::memfd_create("xen-sim", MFD_CLOEXEC)};
    if (!fd) return errno_error("memory of the simulated machine");
    if (::ftruncate(fd.get(), static_cast<off_t>(frames << kPageShift)) != 0) {
        return errno_error("size of the simulated machine's memory");
    }
    const auto size = size_of(frames);
    void* const all =
        ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd.get(), 0);
    if (all == MAP_FAILED) return errno_error("address space for the simulated machine's memory");
    return Backing{std::move(fd), Whole{static_cast<std::byte*>(all), Unmap{size}}};
}

std::span<std::byte> Backing::frames(FrameRange range) const {
    const std::span all{whole_.get(), whole_.get_deleter().size};
    return all.subspan(size_of(range.first), size_of(range.count));
}

Result<std::span<std::byte>> Backing::map(std::span<const FrameRange> ranges) const {
    return map(fd_.get(), ranges);
}

Result<std::span<std::byte>> Backing::map(int fd, std::span<const FrameRange> ranges) {
    std::size_t size = 0;
    for (const auto& range : ranges) size += size_of(range.count);
    void* const base =
        ::mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (base == MAP_FAILED) return errno_error("address space for a mapping");
    const std::span bytes{static_cast<std::byte*>(base), size};
    std::size_t at = 0;
    for (const auto& range : ranges) {
        const auto length = size_of(range.count);
        if (::mmap(bytes.data() + at, length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd,
                   static_cast<off_t>(range.first << kPageShift)) == MAP_FAILED) {
            auto error = errno_error("a mapping of the simulated machine's memory");
            unmap(bytes);
            return error;
        }
        at += length;
    }
    return bytes;
}

void Backing::unmap(std::span<std::byte> bytes) { ::munmap(bytes.data(), bytes.size()); }

void Backing::clear(FrameRange range) const {
    ::fallocate(fd_.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                static_cast<off_t>(range.first << kPageShift),
                static_cast<off_t>(range.count << kPageShift));
}

}  // namespace zeroth::hyper::sim
