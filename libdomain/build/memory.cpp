// SPDX-License-Identifier: Apache-2.0
#include "libdomain/build/memory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include "core/log.hpp"

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

/// Large enough that a call costs little, small enough for every worker to keep its own: memory
/// that is touched for the first time costs more than the copy.
std::span<std::byte> buffer() {
    constexpr std::size_t kSize = 256U << 10;
    thread_local const auto bytes = std::make_unique_for_overwrite<std::byte[]>(kSize);
    return {bytes.get(), kSize};
}

}  // namespace

Result<bool> claim_memory(const hyper::Hypervisor& xen, DomainId domain,
                          const plan::ClaimMemory& step) {
    auto claimed = xen.claim_pages(domain, step.pages);
    if (claimed) return true;
    const auto& error = claimed.error();
    if (error.is(ENOSYS) || error.is(EOPNOTSUPP) || error.is(EPERM)) {
        log::warning("memory is populated without a claim: {}", error.text());
        return false;
    }
    if (!error.is(ENOMEM)) return fail(std::move(claimed).error());
    const auto host = xen.physinfo();
    if (!host) return fail(std::move(claimed).error());
    const auto to_mib = [](std::uint64_t pages) { return pages >> (20 - kPageShift); };
    const auto taken = std::min(host->free_pages, host->outstanding_pages);
    return fail(
        Error::message(ENOMEM,
                       fmt::format("the domain needs {} MiB, and Xen has {} MiB free, of which {} "
                                   "MiB are claimed for other domains",
                                   to_mib(step.pages), to_mib(host->free_pages), to_mib(taken)))
            .with_hint("`xl info` shows free_memory and outstanding_claims; other guests, or dom0 "
                       "(dom0_mem=), hold the rest"));
}

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
            return fail(
                Error{ENOMEM, fmt::format("Xen gave {} of {} pages of RAM", populated, step.pages)}
                    .with_hint("`xl info` shows free_memory; other guests, or dom0 "
                               "(dom0_mem=), hold the rest"));
        }
    }
    return {};
}

Result<Loader> Loader::create(const hyper::Hypervisor& xen, hyper::GrantTable& grants,
                              DomainId domain) {
    ZEROTH_TRY(auto memory, hyper::GuestWriter::create(xen.seam(), grants, domain));
    return Loader{xen, domain, std::move(memory)};
}

Result<> Loader::finish(GuestAddress address, std::uint64_t size) {
    const GuestFrame first = frame_of(address);
    const auto end = address.raw() + size, page_end = align_up(end, kPageSize);
    ZEROTH_CHECK(memory_.zero(GuestAddress{end}, page_end - end));
    return xen_->cache_flush(domain_, first, (page_end >> kPageShift) - first.raw());
}

Result<> Loader::place(const image::Segment& segment, GuestAddress address, std::uint64_t offset,
                       std::span<const std::byte> bytes) {
    const auto start = std::max(offset, segment.offset);
    const auto end = std::min(offset + bytes.size(), segment.offset + segment.size);
    if (start >= end) return {};
    return memory_.write(address + (start - segment.offset),
                         bytes.subspan(static_cast<std::size_t>(start - offset),
                                       static_cast<std::size_t>(end - start)));
}

Result<> Loader::populate_magic(const plan::PopulateMagic& step) {
    ZEROTH_TRY(const auto done, xen_->populate_physmap(domain_, step.first, step.pages, 0));
    if (done != step.pages) return fail(ENOMEM, "Xen gave too few pages for its rings");
    const auto start = address_of(step.first);
    ZEROTH_CHECK(memory_.zero(start, step.pages * kPageSize));
    ZEROTH_CHECK(memory_.write(address_of(step.console) + kConsoleConnection,
                               std::span{&kConsoleDisconnected, 1}));
    return finish(start, step.pages * kPageSize);
}

Result<> Loader::load(const plan::LoadKernel& step) {
    const auto& segments = step.kernel.segments;
    ZEROTH_CHECK(
        image::load(step.kernel, buffer(),
                    [&](std::uint64_t offset, std::span<const std::byte> bytes) -> Result<> {
                        for (std::size_t i = 0; i < segments.size(); ++i) {
                            ZEROTH_CHECK(place(segments[i], step.addresses[i], offset, bytes));
                        }
                        return {};
                    }));
    // An ELF file's BSS is ours to clear; Image and zImage clear their own.
    const bool clear = step.kernel.format == image::Format::kElf;
    for (std::size_t i = 0; i < segments.size(); ++i) {
        const auto bss = clear ? segments[i].memory_size - segments[i].size : 0;
        ZEROTH_CHECK(memory_.zero(step.addresses[i] + segments[i].size, bss));
        ZEROTH_CHECK(finish(step.addresses[i], segments[i].size + bss));
    }
    return {};
}

Result<> Loader::load(const plan::LoadRamdisk& step) {
    ZEROTH_CHECK(image::load(step.ramdisk, buffer(),
                             [&](std::uint64_t offset, std::span<const std::byte> bytes) {
                                 return memory_.write(step.address + offset, bytes);
                             }));
    return finish(step.address, step.ramdisk.size);
}

Result<> Loader::load(const plan::LoadDeviceTree& step) {
    ZEROTH_CHECK(memory_.write(step.address, step.blob));
    return finish(step.address, step.blob.size());
}

}  // namespace zeroth::build
