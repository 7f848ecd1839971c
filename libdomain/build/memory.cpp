// SPDX-License-Identifier: Apache-2.0
#include "libdomain/build/memory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace zeroth::build {
namespace {

/// Extent orders to try, largest first: 1 GiB, 2 MiB, 4 KiB.
constexpr std::array<unsigned, 3> kOrders{18, 9, 0};
/// Most extents in one call (reference C.4, step 13).
constexpr std::uint64_t kMaxExtents = 1U << 20;

/// offsetof(struct xencons_interface, connection): after in[1024], out[2048] and four indexes.
constexpr std::size_t kConsoleConnection = 3072 + 4 * 4;
constexpr std::byte kConsoleDisconnected{1};

bool aligned(GuestFrame frame, unsigned order) {
    return (frame.raw() & ((std::uint64_t{1} << order) - 1)) == 0;
}

/// How many extents of `order` fit from `at` without crossing into where a larger order could be
/// used again.
std::uint64_t run_length(GuestFrame at, GuestFrame end, std::size_t order_index) {
    auto stop = end.raw();
    if (order_index > 0 && !aligned(at, kOrders[order_index - 1])) {
        stop = std::min(stop, align_up(at.raw(), std::uint64_t{1} << kOrders[order_index - 1]));
    }
    return std::min((stop - at.raw()) >> kOrders[order_index], kMaxExtents);
}

/// A window on guest memory that holds [address, address + size), whatever its alignment.
struct Window {
    hyper::Mapping mapping;
    GuestFrame first;
    std::uint64_t pages;
    std::span<std::byte> bytes;
};

Result<Window> map_range(const hyper::Hypervisor& xen, DomainId domain, GuestAddress address,
                         std::uint64_t size) {
    const GuestFrame first = frame_of(address);
    const auto offset = address.raw() - address_of(first).raw();
    const auto pages = align_up(offset + size, kPageSize) >> kPageShift;
    std::vector<GuestFrame> frames;
    frames.reserve(pages);
    for (std::uint64_t i = 0; i < pages; ++i) frames.push_back(first + i);
    auto mapping = xen.seam().map(domain, frames);
    if (!mapping) {
        return fail(std::move(mapping).error().within(fmt::format(
            "map {} pages at gfn {:#x} of domain {}", pages, first.raw(), domain.raw())));
    }
    const auto bytes = mapping->bytes().subspan(offset, size);
    return Window{*std::move(mapping), first, pages, bytes};
}

/// What lies around the bytes in their first and last page is zeroed; the bytes are the caller's.
void zero_edges(const Window& window) {
    const auto all = window.mapping.bytes();
    std::fill(all.data(), window.bytes.data(), std::byte{0});
    std::byte* const end = window.bytes.data() + window.bytes.size();
    std::fill(end, all.data() + window.pages * kPageSize, std::byte{0});
}

}  // namespace

Result<> populate_ram(const hyper::Hypervisor& xen, DomainId domain,
                      const plan::PopulateRam& step) {
    GuestFrame at = step.first;
    const GuestFrame end = step.first + step.pages;
    while (at < end) {
        std::uint64_t done = 0;
        for (std::size_t i = 0; i < kOrders.size() && done == 0; ++i) {
            const auto count = aligned(at, kOrders[i]) ? run_length(at, end, i) : 0;
            if (count == 0) continue;
            ZEROTH_TRY(done, xen.populate_physmap(domain, at, count, kOrders[i]));
            at = at + (done << kOrders[i]);
        }
        if (done == 0) {
            const auto populated = at.raw() - step.first.raw();
            return fail(Error{ENOMEM, fmt::format("Xen gave {} of {} pages of RAM", populated,
                                                  step.pages)}
                            .with_hint("`xl info` shows free_memory; other guests, or dom0 "
                                       "(dom0_mem=), hold the rest"));
        }
    }
    return {};
}

Result<> populate_magic(const hyper::Hypervisor& xen, DomainId domain,
                        const plan::PopulateMagic& step) {
    ZEROTH_TRY(const auto done, xen.populate_physmap(domain, step.first, step.pages, 0));
    if (done != step.pages) return fail(ENOMEM, "Xen gave too few pages for its rings");
    ZEROTH_TRY(auto window, map_range(xen, domain, address_of(step.first),
                                      step.pages * kPageSize));
    std::ranges::fill(window.bytes, std::byte{0});
    const auto console = (step.console.raw() - step.first.raw()) * kPageSize;
    window.bytes[console + kConsoleConnection] = kConsoleDisconnected;
    return xen.cache_flush(domain, window.first, window.pages);
}

Result<> load_kernel(const hyper::Hypervisor& xen, DomainId domain, const plan::LoadKernel& step) {
    std::vector<Window> windows;
    std::vector<image::Placement> placements;
    const auto& segments = step.kernel.segments;
    for (std::size_t i = 0; i < segments.size(); ++i) {
        // An ELF file's BSS is ours to clear; Image and zImage clear their own.
        const bool clear = step.kernel.format == image::Format::kElf;
        const auto size = clear ? segments[i].memory_size : segments[i].size;
        ZEROTH_TRY(auto window, map_range(xen, domain, step.addresses[i], size));
        zero_edges(window);
        std::ranges::fill(window.bytes.subspan(segments[i].size), std::byte{0});
        placements.push_back({segments[i].offset, window.bytes.first(segments[i].size)});
        windows.push_back(std::move(window));
    }
    ZEROTH_CHECK(image::load(step.kernel, placements));
    for (const auto& window : windows) {
        ZEROTH_CHECK(xen.cache_flush(domain, window.first, window.pages));
    }
    return {};
}

Result<> load_ramdisk(const hyper::Hypervisor& xen, DomainId domain,
                      const plan::LoadRamdisk& step) {
    ZEROTH_TRY(auto window, map_range(xen, domain, step.address, step.ramdisk.size));
    zero_edges(window);
    ZEROTH_CHECK(image::load(step.ramdisk, window.bytes));
    return xen.cache_flush(domain, window.first, window.pages);
}

Result<> load_device_tree(const hyper::Hypervisor& xen, DomainId domain,
                          const plan::LoadDeviceTree& step) {
    ZEROTH_TRY(auto window, map_range(xen, domain, step.address, step.blob.size()));
    zero_edges(window);
    std::memcpy(window.bytes.data(), step.blob.data(), step.blob.size());
    return xen.cache_flush(domain, window.first, window.pages);
}

}  // namespace zeroth::build
