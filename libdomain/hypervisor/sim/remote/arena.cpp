// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/sim/remote/arena.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/ids.hpp"
#include "core/units.hpp"

namespace zeroth::hyper::sim {
namespace {

/// Pages are there once they are touched: what is not used costs nothing.
constexpr std::size_t kSize = 64U << 20;

}  // namespace

Result<Arena> Arena::create() {
    UniqueFd fd{::memfd_create("hypercall-arguments", MFD_CLOEXEC)};
    if (!fd || ::ftruncate(fd.get(), kSize) != 0) return errno_error("memory for hypercalls");
    void* const base =
        ::mmap(nullptr, kSize, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd.get(), 0);
    if (base == MAP_FAILED) return errno_error("memory for hypercalls");
    return Arena{std::move(fd), {static_cast<std::byte*>(base), kSize}};
}

Arena::Arena(UniqueFd fd, std::span<std::byte> bytes) : fd_{std::move(fd)}, bytes_{bytes} {
    free_.emplace(0, bytes.size());
}

Arena::Arena(Arena&& other) noexcept
    : fd_{std::move(other.fd_)},
      bytes_{std::exchange(other.bytes_, {})},
      free_{std::move(other.free_)} {}

Arena::~Arena() {
    if (!bytes_.empty()) ::munmap(bytes_.data(), bytes_.size());
}

std::span<std::byte> Arena::take(std::size_t size) {
    const auto wanted =
        static_cast<std::size_t>(align_up(std::max<std::size_t>(size, 1), kPageSize));
    std::span<std::byte> pages;
    {
        const std::scoped_lock lock{mutex_};
        const auto found =
            std::ranges::find_if(free_, [&](const auto& entry) { return entry.second >= wanted; });
        if (found == free_.end()) return {};
        const auto [first, count] = *found;
        free_.erase(found);
        if (count > wanted) free_.emplace(first + wanted, count - wanted);
        pages = bytes_.subspan(first, wanted);
    }
    std::ranges::fill(pages, std::byte{0});
    return pages;
}

void Arena::give(std::span<std::byte> pages) {
    const std::scoped_lock lock{mutex_};
    auto first = static_cast<std::size_t>(pages.data() - bytes_.data());
    auto count = pages.size();
    const auto next = free_.lower_bound(first);
    if (next != free_.end() && next->first == first + count) {
        count += next->second;
        free_.erase(next);
    }
    const auto after = free_.lower_bound(first);
    if (after != free_.begin()) {
        const auto before = std::prev(after);
        if (before->first + before->second == first) {
            before->second += count;
            return;
        }
    }
    free_.emplace(first, count);
}

}  // namespace zeroth::hyper::sim
