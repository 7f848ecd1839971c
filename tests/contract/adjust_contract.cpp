// SPDX-License-Identifier: Apache-2.0
#include "tests/contract/adjust_contract.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "tests/contract/native.hpp"

namespace zeroth::testing {
namespace {

constexpr VcpuId kVcpu0{0}, kVcpu1{1};
constexpr GuestFrame kRam{0x40000}, kMagic{0x39000};
constexpr DomainId kNobody{0x7000};

class AdjustContract {
public:
    AdjustContract(const hyper::Hypervisor& xen, Checks& checks)
        : xen_{xen}, native_{native_of(xen)}, checks_{checks} {}
    void run();

private:
    std::uint64_t claimed() const {
        const auto host = xen_.physinfo();
        return host ? host->outstanding_pages : ~std::uint64_t{0};
    }
    std::uint64_t claimed_by_domain() const {
        const auto info = xen_.domain(id_);
        return info ? info->outstanding_pages : ~std::uint64_t{0};
    }
    void claims();
    void claims_of_two();
    void frames();
    void nodes();
    void triggers();
    void registers();
    void end_from_outside();

    const hyper::Hypervisor& xen_;
    const Native& native_;
    Checks& checks_;
    DomainId id_;
};

void AdjustContract::claims() {
    checks_.fails(xen_.claim_pages(kNobody, 1), EINVAL, "claim: EINVAL where there is no domain");
    checks_.fails(xen_.claim_pages(id_, 100), EINVAL, "claim: not more than max_mem allows");
    checks_.works(xen_.set_max_mem(id_, mib(16)), "claim: max_mem is set");
    checks_.works(xen_.claim_pages(id_, 0), "claim: giving up none is fine");
    checks_.fails(xen_.claim_pages(id_, 4097), EINVAL, "claim: still not more than that");
    checks_.works(xen_.claim_pages(id_, 1024), "claim: 1024 pages");
    checks_.equal(claimed(), 1024U, "physinfo: counts the claim");
    checks_.equal(claimed_by_domain(), 1024U, "getdomaininfo: counts it too");
    checks_.fails(xen_.claim_pages(id_, 2048), EINVAL, "claim: only one at a time");
    const auto made = xen_.populate_physmap(id_, kRam, 512, 0);
    checks_.that(made && *made == 512, "populate_physmap: out of the claim");
    checks_.equal(claimed_by_domain(), 512U, "claim: as much less is outstanding");
    checks_.works(xen_.claim_pages(id_, 0), "claim: the rest is given up");
    checks_.equal(claimed(), 0U, "physinfo: nothing is claimed");
    checks_.fails(xen_.claim_pages(id_, 512), EINVAL, "claim: nothing beyond what is there");
}

/// What one has claimed, another cannot have.
void AdjustContract::claims_of_two() {
    hyper::DomainSpec spec;
    spec.handle = Uuid::random();
    const auto other = xen_.create_domain(spec);
    const auto host = xen_.physinfo();
    if (!checks_.works(other, "claims of two: another domain") || !host) return;
    checks_.works(xen_.set_max_mem(other->id, pages_to_kib(host->total_pages)),
                  "claims of two: it may have all memory");
    checks_.fails(xen_.claim_pages(other->id, host->total_pages - 1), ENOMEM,
                  "claims of two: ENOMEM for more than there is");
    // A little is left for Xen, which works on meanwhile.
    constexpr std::uint64_t kLeft = 300;
    checks_.works(xen_.claim_pages(other->id, host->free_pages - kLeft),
                  "claims of two: nearly everything");
    // On 32 bits Xen counts what it keeps for itself as if it could be claimed: it gives away more.
    if (native_.bits == 64) {
        checks_.fails(xen_.claim_pages(id_, 512 + kLeft + 100), ENOMEM,
                      "claims of two: ENOMEM for what the other has claimed");
        const auto more = xen_.populate_physmap(id_, kRam + 512, 2, 9);
        checks_.that(more && *more == 0, "claims of two: nor can it be populated");
    }
    checks_.works(xen_.destroy_domain(other->id), "claims of two: the other is destroyed");
    checks_.soon([&] { return !xen_.domain(other->id); }, "claims of two: gone");
    checks_.equal(claimed(), 0U, "claims of two: its claim went with it");
}

void AdjustContract::frames() {
    const auto highest = xen_.maximum_gpfn(id_);
    checks_.that(highest && *highest == kRam + 511, "maximum_gpfn: the last of RAM",
                 highest ? fmt::format("{:#x}", highest->raw()) : highest.error().text());
    checks_.fails(xen_.maximum_gpfn(kNobody), ESRCH, "maximum_gpfn: ESRCH where there is none");
    {
        const std::array frame{kRam + 511};
        const auto last = xen_.seam().map(id_, frame);
        if (!checks_.works(last, "read frames: something is written")) return;
        last->bytes()[5] = std::byte{0x77};
    }
    const std::array some{kMagic + 7, kRam + 511, kRam + 600, kRam, kRam + 512};
    std::vector<std::byte> bytes(some.size() * kPageSize, std::byte{0xee});
    const auto present = xen_.seam().read_frames(id_, some, bytes);
    if (!checks_.works(present, "read frames: holes are no error")) return;
    checks_.that(*present == std::vector{false, true, false, true, false},
                 "read frames: tells which there are");
    checks_.that(bytes[kPageSize + 5] == std::byte{0x77} && bytes[3 * kPageSize] == std::byte{0},
                 "read frames: has their bytes");
    checks_.that(bytes[2 * kPageSize] == std::byte{0xee}, "read frames: leaves the others alone");
    const auto none = xen_.seam().read_frames(id_, std::span{some}.first(1), bytes);
    checks_.that(none && *none == std::vector{false}, "read frames: none at all is no error");
}

void AdjustContract::nodes() {
    const auto host = xen_.physinfo();
    const auto nodes = xen_.node_affinity(id_, host ? host->nr_nodes : 1);
    checks_.that(nodes && std::ranges::find(*nodes, true) != nodes->end(),
                 "getnodeaffinity: names a node");
    checks_.works(xen_.node_affinity(kDomain0, 1), "getnodeaffinity: of dom0 too");
    checks_.fails(xen_.node_affinity(kNobody, 1), ESRCH, "getnodeaffinity: ESRCH, likewise");
}

void AdjustContract::triggers() {
    using hyper::Trigger;
    for (const auto trigger :
         {Trigger::kNmi, Trigger::kReset, Trigger::kInit, Trigger::kPower, Trigger::kSleep}) {
        checks_.fails(xen_.send_trigger(id_, trigger, kVcpu0), ENOSYS, "sendtrigger: ARM has none");
    }
    checks_.fails(xen_.send_trigger(kNobody, Trigger::kNmi, kVcpu0), ESRCH,
                  "sendtrigger: ESRCH, likewise");
}

void AdjustContract::registers() {
    checks_.fails(xen_.vcpu_state(id_, VcpuId{2}), EINVAL, "getvcpucontext: EINVAL past the last");
    checks_.fails(xen_.vcpu_state(id_, kVcpu0), ENODATA,
                  "getvcpucontext: ENODATA before it is set");
    hyper::VcpuContext context;
    context.pc = 0x40000040;
    context.cpsr = native_.psr;
    context.width = native_.width;
    context.arguments = {0x1234, 0, 0, 0};
    checks_.works(xen_.set_vcpu_context(id_, kVcpu0, context), "getvcpucontext: set first");
    const auto state = xen_.vcpu_state(id_, kVcpu0);
    if (!checks_.works(state, "getvcpucontext: answers")) return;
    std::uint64_t x0 = 0, pc = 0;
    std::memcpy(&x0, state->bytes.data() + 8, 8);
    std::memcpy(&pc, state->bytes.data() + 256, 8);
    checks_.that(state->bytes.size() == 352 && x0 == 0x1234 && pc == 0x40000040,
                 "getvcpucontext: with what was set");
    checks_.that(state->width == native_.width, "getvcpucontext: of its width");
    checks_.fails(xen_.vcpu_state(id_, kVcpu1), ENODATA,
                  "getvcpucontext: not of one never started");
}

void AdjustContract::end_from_outside() {
    checks_.fails(xen_.remote_shutdown(kNobody, hyper::ShutdownReason::kCrash), ESRCH,
                  "remote_shutdown: ESRCH where there is no domain");
    checks_.works(xen_.remote_shutdown(id_, hyper::ShutdownReason::kCrash),
                  "remote_shutdown: of the domain");
    checks_.soon(
        [&] {
            const auto info = xen_.domain(id_);
            return info && info->shutdown && info->shutdown_code == 3;
        },
        "remote_shutdown: it has crashed");
    checks_.works(xen_.vcpu_state(id_, kVcpu0), "getvcpucontext: also after the crash");
}

void AdjustContract::run() {
    hyper::DomainSpec spec;
    spec.handle = Uuid::random();
    spec.max_vcpus = 2;
    const auto made = xen_.create_domain(spec);
    if (!checks_.works(made, "adjusting: a domain")) return;
    id_ = made->id;
    checks_.works(xen_.set_max_vcpus(id_, 2), "adjusting: with two vCPUs");
    checks_.works(xen_.set_paging_mempool(id_, to_bytes(mib(1))), "adjusting: and a pool");
    checks_.works(xen_.set_address_size(id_, native_.bits), "adjusting: of the host's width");
    claims();
    claims_of_two();
    frames();
    nodes();
    triggers();
    registers();
    end_from_outside();
    checks_.works(xen_.destroy_domain(id_), "adjusting: it is destroyed");
    checks_.soon([&] { return !xen_.domain(id_); }, "adjusting: and gone");
}

}  // namespace

void check_adjustments(const ContractSubject& subject, Checks& checks) {
    AdjustContract{subject.xen, checks}.run();
}

}  // namespace zeroth::testing
