// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "libdomain/hypervisor/abi/domctl.hpp"
#include "libdomain/hypervisor/abi/layouts.hpp"
#include "libdomain/hypervisor/abi/stable.hpp"
#include "libdomain/hypervisor/call.hpp"
#include "libdomain/hypervisor/hypervisor.hpp"

namespace zeroth::hyper {
namespace {

using xenabi::Domctl;

/// Extents per call: their frame numbers and the arguments fit sixteen pages.
constexpr std::uint64_t kExtentsPerCall = 8184;
constexpr std::uint32_t kOldestWithLlc = 20;

Result<std::uint64_t> populate_some(Privcmd& privcmd, DomainId id, GuestFrame first,
                                    std::uint64_t count, unsigned order) {
    ZEROTH_TRY(auto call, Call::plain(privcmd, xenabi::Op::kMemoryOp,
                                      std::to_underlying(xenabi::MemoryOp::kPopulatePhysmap),
                                      "XENMEM_populate_physmap", sizeof(xenabi::MemoryReservation),
                                      static_cast<std::size_t>(count) * sizeof(std::uint64_t)));
    for (std::uint64_t i = 0; i < count; ++i) {
        const std::uint64_t frame = first.raw() + (i << order);
        std::memcpy(call.payload().data() + i * sizeof frame, &frame, sizeof frame);
    }
    call.set(xenabi::MemoryReservation{call.payload_address(), count, order, 0, id.raw(), {}});
    ZEROTH_TRY(const auto done, call.run("of {} extents of order {} at gfn {:#x} of domain {}",
                                         count, order, first.raw(), id.raw()));
    return static_cast<std::uint64_t>(done);
}

Result<> map_piece(Privcmd& privcmd, std::uint32_t version, DomainId id,
                   const xenabi::MemoryMapping& body) {
    ZEROTH_TRY(auto call, Call::domctl(privcmd, version, Domctl::kMemoryMapping, id));
    call.set(body);
    return call.run_void("{} of {} frames from mfn {:#x} at gfn {:#x} of domain {}",
                         body.add_mapping != 0 ? "add" : "remove", body.nr_mfns, body.first_mfn,
                         body.first_gfn, id.raw());
}

}  // namespace

Result<std::uint64_t> Hypervisor::populate_physmap(DomainId id, GuestFrame first,
                                                   std::uint64_t count, unsigned order) const {
    std::uint64_t done = 0;
    while (done < count) {
        const auto wanted = std::min(count - done, kExtentsPerCall);
        ZEROTH_TRY(const auto made,
                   populate_some(*privcmd_, id, first + (done << order), wanted, order));
        done += made;
        if (made < wanted) break;
    }
    return done;
}

Result<> Hypervisor::cache_flush(DomainId id, GuestFrame first, std::uint64_t pages) const {
    for (std::uint64_t done = 0; done < pages;) {
        const auto count = std::min(pages - done, xenabi::kMaxCacheFlushPages);
        const auto start = first.raw() + done;
        ZEROTH_TRY(auto call, Call::domctl(*privcmd_, version_->domctl, Domctl::kCacheFlush, id));
        call.set(xenabi::CacheFlush{start, count});
        ZEROTH_CHECK(call.run("of {} pages at gfn {:#x} of domain {}", count, start, id.raw()));
        done += count;
    }
    return {};
}

Result<> Hypervisor::iomem_permission(DomainId id, MachineFrame first, std::uint64_t count,
                                      bool allow) const {
    ZEROTH_TRY(auto call, Call::domctl(*privcmd_, version_->domctl, Domctl::kIomemPermission, id));
    call.set(xenabi::IomemPermission{first.raw(), count, allow, {}});
    auto done = call.run_void("{} {} frames from mfn {:#x} of domain {}", allow ? "allow" : "deny",
                              count, first.raw(), id.raw());
    if (done || !done.error().is(EPERM)) return done;
    const auto frames = count == 1 ? fmt::format("frame {:#x}", first.raw())
                                   : fmt::format("all of frames {:#x} to {:#x}", first.raw(),
                                                 first.raw() + count - 1);
    return fail(std::move(done)
                    .error()
                    .within("dom0 has no right to machine " + frames)
                    .with_hint("Xen keeps RAM, its console's UART and what it drives itself from "
                               "dom0, and dom0 can give a guest only what it may have itself."));
}

Result<> Hypervisor::memory_mapping(DomainId id, GuestFrame guest_first, MachineFrame first,
                                    std::uint64_t count, bool add) const {
    auto piece = xenabi::kMaxMappingPages;
    for (std::uint64_t done = 0; done < count;) {
        const xenabi::MemoryMapping body{guest_first.raw() + done, first.raw() + done,
                                         std::min(count - done, piece), add, 0};
        auto mapped = map_piece(*privcmd_, version_->domctl, id, body);
        if (mapped) {
            done += body.nr_mfns;
        } else if (mapped.error().is(E2BIG) && piece > 1) {
            piece /= 2;
        } else {
            // All or nothing: what was mapped goes again, and the first Error is the one to tell.
            if (add && done > 0) {
                static_cast<void>(memory_mapping(id, guest_first, first, done, false));
            }
            return mapped;
        }
    }
    return {};
}

Result<> Hypervisor::bind_spi(DomainId id, std::uint32_t irq) const {
    ZEROTH_TRY(auto call, Call::domctl(*privcmd_, version_->domctl, Domctl::kBindPtIrq, id));
    call.set(xenabi::BindPtIrq{irq, xenabi::kPtIrqTypeSpi, static_cast<std::uint16_t>(irq), {}});
    auto done = call.run_void("of SPI {} of domain {}", irq, id.raw());
    if (done || !done.error().is(EBUSY)) return done;
    return fail(
        std::move(done).error().with_hint("Xen gives a device's interrupts to dom0 for good, "
                                          "unless the property xen,passthrough stands "
                                          "in the device's node when Xen boots."));
}

Result<> Hypervisor::assign_dt_device(DomainId id, std::string_view path) const {
    ZEROTH_TRY(auto call,
               Call::domctl(*privcmd_, version_->domctl, Domctl::kAssignDevice, id, path.size()));
    std::memcpy(call.payload().data(), path.data(), path.size());
    call.set(xenabi::AssignDevice{xenabi::kDeviceDt, 0, static_cast<std::uint32_t>(path.size()), 0,
                                  call.payload_address()});
    return call.run_void("of {} to domain {}", path, id.raw());
}

Result<> Hypervisor::set_llc_colors(DomainId id, std::span<const std::uint32_t> colors) const {
    if (layouts_->minor < kOldestWithLlc) {
        return fail(Error::message(
            EOPNOTSUPP,
            fmt::format("LLC colouring needs Xen 4.20 or later; this is {}", layouts_->release)));
    }
    ZEROTH_TRY(auto call, Call::domctl(*privcmd_, version_->domctl, Domctl::kSetLlcColors, id,
                                       colors.size_bytes()));
    std::memcpy(call.payload().data(), colors.data(), colors.size_bytes());
    call.set(
        xenabi::SetLlcColors{static_cast<std::uint32_t>(colors.size()), 0, call.payload_address()});
    return call.run_void("of domain {}", id.raw());
}

}  // namespace zeroth::hyper
