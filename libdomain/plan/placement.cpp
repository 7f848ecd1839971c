// SPDX-License-Identifier: Apache-2.0
#include "libdomain/plan/placement.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "libdomain/plan/print.hpp"

// Kernel, ramdisk and device tree lie where the reference puts them (its placement, in order of
// preference: 128 MiB above the start of RAM; at the top of bank 0; just below the kernel), with
// two differences that are wanted:
//  - The kernel ends where its memory ends, not where its file does. An arm64 Image's image_size
//  and
//    a segment's memory size count the BSS, which the kernel clears when it starts; the reference
//    looks at the file alone, and with little RAM lets the kernel clear its own ramdisk.
//  - A zImage that is linked to a fixed address (its header's start is not zero) is loaded there.
//  The
//    reference enters such an image at that address, but loads it at the usual one.
// Images without image_size (Linux before 3.17) say nothing about their BSS; they get the
// reference's placement by their file's size.
namespace zeroth::plan {
namespace {

constexpr std::uint64_t kSectionSize = 2 * kMiB, kPreferredOffset = 128 * kMiB;

std::uint64_t pages_of(std::uint64_t bytes) { return align_up(bytes, kPageSize); }

std::vector<Span> kernel_spans(const image::KernelFacts& kernel) {
    std::vector<Span> spans;
    for (const auto& segment : kernel.segments) {
        std::uint64_t start = kRamBanks[0].start + kernel.text_offset;
        if (kernel.format == image::Format::kElf)
            start = segment.address.raw();
        else if (kernel.entry)
            start = kernel.entry->raw();
        spans.push_back({start, segment.memory_size});
    }
    return spans;
}

/// From the first byte of the first segment to the last of the last.
Span extent_of(const std::vector<Span>& spans) {
    std::uint64_t start = ~std::uint64_t{0}, end = 0;
    for (const auto& span : spans) {
        start = std::min(start, span.start);
        end = std::max(end, span.end());
    }
    return {start, end - start};
}

Error kernel_too_large(const image::KernelFacts& kernel, const Span& extent, const Span& bank,
                       std::uint64_t modules) {
    const auto needed = align_up(extent.end(), kSectionSize) - bank.start + modules + kPageSize;
    const auto what =
        modules > kPageSize ? "kernel, ramdisk and device tree do" : "the kernel does";
    return Error::message(
               ENOMEM,
               fmt::format("{} not fit into the guest's memory: kernel {} takes {} at {:#x}, "
                           "ramdisk and device tree {}, and the guest has {}",
                           what, kernel.path, print_size(extent.size), extent.start,
                           print_size(modules), print_size(bank.size)))
        .with_hint(fmt::format("memory = {} is the least that holds them.",
                               align_up(needed, kMiB) / kMiB));
}

Result<> check_in_ram(const image::KernelFacts& kernel, const Span& extent, const Span& bank,
                      std::uint64_t modules) {
    const Span window = kRamBanks[0];
    if (extent.start < window.start || extent.end() > window.end())
        return fail(
            Error::message(
                EINVAL,
                fmt::format("kernel {} is made for addresses {:#x} to {:#x}, and a guest's "
                            "RAM lies from {:#x} to {:#x}",
                            kernel.path, extent.start, extent.end(), window.start, window.end()))
                .with_hint("Of Linux, use Image (64-bit) or zImage (32-bit), not vmlinux."));
    if (extent.end() > bank.end()) return fail(kernel_too_large(kernel, extent, bank, modules));
    return {};
}

/// The start of `size` bytes for ramdisk and device tree; `size` is whole pages.
std::optional<std::uint64_t> find_room(const Span& kernel, const Span& bank, std::uint64_t size) {
    const auto kernel_end = align_up(kernel.end(), kSectionSize);
    const auto preferred = bank.start + kPreferredOffset;
    if (bank.end() >= preferred + size && kernel_end < preferred) return preferred;
    if (size < bank.size && bank.end() - size > kernel_end) return bank.end() - size;
    const auto below = align_down(kernel.start, kPageSize);
    if (below - bank.start > size) return below - size;
    return std::nullopt;
}

Span clip(Span span, std::uint64_t limit) {
    span.size = span.start >= limit ? 0 : std::min(span.end(), limit) - span.start;
    return span;
}

std::uint64_t address_limit(std::uint8_t gpaddr_bits) {
    return std::uint64_t{1} << std::clamp<unsigned>(gpaddr_bits, 32, 52);
}

/// What `taken` (sorted) leaves of `gap`.
void append_pieces(std::vector<Span>& regions, Span gap, const std::vector<Span>& taken) {
    constexpr std::uint64_t kSmallest = 64 * kMiB;
    constexpr std::size_t kMost = 256;
    const auto append = [&](std::uint64_t start, std::uint64_t end) {
        if (end > start && end - start >= kSmallest && regions.size() < kMost)
            regions.push_back({start, end - start});
    };
    auto start = gap.start;
    for (const auto& one : taken) {
        if (one.end() <= start || one.start >= gap.end()) continue;
        append(start, one.start);
        start = one.end();
    }
    append(start, gap.end());
}

}  // namespace

Result<Banks> fill_banks(KiB memory, std::uint8_t gpaddr_bits) {
    auto left = to_bytes(memory).raw();
    Banks banks;
    for (std::size_t i = 0; i < banks.size(); ++i) {
        const auto room = clip(kRamBanks[i], address_limit(gpaddr_bits));
        banks[i] = {room.start, std::min(left, room.size)};
        left -= banks[i].size;
    }
    if (left == 0) return banks;
    return fail(Error::message(
        EINVAL, fmt::format("memory: {} is more than the {} a guest's address space has room for",
                            print_size(to_bytes(memory).raw()),
                            print_size(to_bytes(memory).raw() - left))));
}

std::vector<Span> extended_regions(const Banks& banks, std::uint8_t gpaddr_bits,
                                   const std::vector<config::IomemRange>& iomem) {
    std::vector<Span> taken;
    for (const auto& range : iomem)
        taken.push_back({address_of(range.guest_first).raw(), range.count * kPageSize});
    std::ranges::sort(taken, {}, &Span::start);
    std::vector<Span> regions;
    for (std::size_t i = 0; i < banks.size(); ++i) {
        const auto window = clip(kRamBanks[i], address_limit(gpaddr_bits));
        const auto start = align_up(banks[i].end(), kSectionSize);
        if (start >= window.end()) continue;
        append_pieces(regions, {start, window.end() - start}, taken);
    }
    return regions;
}

Result<Placement> place(const image::KernelFacts& kernel, const Banks& banks,
                        std::optional<std::uint64_t> ramdisk_size, std::uint64_t device_tree_size) {
    const Span bank = banks[0];
    if (ramdisk_size && *ramdisk_size > bank.size)
        return fail(Error::message(
            ENOMEM, fmt::format("the ramdisk of {} does not fit into the guest's memory of {}",
                                print_size(*ramdisk_size), print_size(bank.size))));
    const auto ramdisk_pages = pages_of(ramdisk_size.value_or(0));
    const auto modules = ramdisk_pages + pages_of(device_tree_size);
    Placement placement{
        .kernel = kernel_spans(kernel), .entry = {}, .ramdisk = {}, .device_tree = {}};
    const auto extent = extent_of(placement.kernel);
    ZEROTH_CHECK(check_in_ram(kernel, extent, bank, modules));
    const auto room = find_room(extent, bank, modules);
    if (!room) return fail(kernel_too_large(kernel, extent, bank, modules));
    placement.entry = kernel.entry.value_or(GuestAddress{placement.kernel.front().start});
    if (ramdisk_size) placement.ramdisk = Span{*room, *ramdisk_size};
    placement.device_tree = {*room + ramdisk_pages, device_tree_size};
    return placement;
}

}  // namespace zeroth::plan
