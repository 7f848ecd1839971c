// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/sim/dom0less.hpp"

#include "core/units.hpp"
#include "libdomain/hypervisor/hypervisor.hpp"

namespace zeroth::hyper::sim {
namespace {

constexpr KiB kMemory = mib(16);
constexpr std::uint32_t kSpis = 64;
constexpr GuestAddress kRam{0x4000'0000};

}  // namespace

Result<DomainId> make_dom0less(Machine& machine, std::span<const std::byte> kernel,
                               Enhanced enhanced) {
    ZEROTH_TRY(const auto xen, Hypervisor::open(machine));
    DomainSpec spec;
    spec.nr_spis = kSpis;
    ZEROTH_TRY(const auto made, xen.create_domain(spec));
    const auto id = made.id;
    ZEROTH_CHECK(xen.set_max_vcpus(id, 1));
    ZEROTH_CHECK(xen.set_max_mem(id, kMemory));
    ZEROTH_CHECK(xen.set_paging_mempool(id, to_bytes(mib(1))));
    ZEROTH_CHECK(xen.set_address_size(id, 64));
    ZEROTH_TRY(const auto pages, xen.populate_physmap(id, frame_of(kRam), to_pages(kMemory), 0));
    if (pages != to_pages(kMemory)) return fail(ENOMEM, "the machine has no room for the domain");
    ZEROTH_CHECK(machine.write_guest(id, kRam, kernel));
    ZEROTH_CHECK(xen.set_vcpu_context(id, VcpuId{0}, {.pc = kRam.raw(), .cpsr = 0x1c5}));
    if (enhanced == Enhanced::kYes) {
        ZEROTH_TRY(const auto port, xen.alloc_unbound(id, kDomain0));
        ZEROTH_CHECK(xen.set_param(id, HvmParam::kStoreEvtchn, port.raw()));
        ZEROTH_CHECK(xen.set_param(id, HvmParam::kStorePfn, ~std::uint64_t{0}));
    }
    ZEROTH_CHECK(xen.unpause(id));
    return id;
}

}  // namespace zeroth::hyper::sim
