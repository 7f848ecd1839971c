// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "core/result.hpp"
#include "libdomain/hypervisor/guest_writer.hpp"
#include "libdomain/hypervisor/hypervisor.hpp"
#include "libdomain/plan/build_plan.hpp"

/// The steps that give a guest its memory and fill it.
namespace zeroth::build {

/// Whether the memory was claimed: a Xen that knows no claims, or does not allow them, costs a line
/// in the log and no more. ENOMEM, with what there is, where it does not fit.
Result<bool> claim_memory(const hyper::Hypervisor& xen, DomainId domain,
                          const plan::ClaimMemory& step);
Result<> populate_ram(const hyper::Hypervisor& xen, DomainId domain, const plan::PopulateRam& step);

/// Fills a domain's memory; each function flushes what it wrote, since the guest starts with its
/// caches off.
class Loader {
public:
    static Result<Loader> create(const hyper::Hypervisor& xen, hyper::GrantTable& grants,
                                 DomainId domain);

    Result<> populate_magic(const plan::PopulateMagic& step);
    Result<> load(const plan::LoadKernel& step);
    Result<> load(const plan::LoadRamdisk& step);
    Result<> load(const plan::LoadDeviceTree& step);

private:
    Loader(const hyper::Hypervisor& xen, DomainId domain, hyper::GuestWriter memory)
        : xen_{&xen}, domain_{domain}, memory_{std::move(memory)} {}
    /// What `size` bytes at `address` leave of their last page is zeroed, and all is flushed.
    Result<> finish(GuestAddress address, std::uint64_t size);
    /// The part of bytes [offset, ...) of an image that lies in a segment goes to its place.
    Result<> place(const image::Segment& segment, GuestAddress address, std::uint64_t offset,
                   std::span<const std::byte> bytes);

    const hyper::Hypervisor* xen_;
    DomainId domain_;
    hyper::GuestWriter memory_;
};

}  // namespace zeroth::build
