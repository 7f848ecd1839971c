// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

/// Argument structures of domctl, the same in every release from 4.17 to 4.22 (reference C.8, I.3);
/// createdomain, which is not, is in create_domain.hpp. On ARM every guest handle is 64 bits wide,
/// and padding is spelt out so that no compiler has a say.
namespace zeroth::xenabi {

struct DomctlHeader {
    std::uint32_t cmd, interface_version;
    std::uint16_t domain;
    std::array<std::uint16_t, 3> pad;
};
static_assert(sizeof(DomctlHeader) == 16);
inline constexpr std::size_t kDomctlBodySize = 128;
/// struct xen_domctl; always sent whole, so that what a release appended is zero.
struct DomctlBytes {
    DomctlHeader header;
    std::array<std::byte, kDomctlBodySize> body;
};
static_assert(sizeof(DomctlBytes) == 144 && offsetof(DomctlBytes, body) == 16);

/// struct xenctl_bitmap.
struct Bitmap {
    std::uint64_t bits;
    std::uint32_t nr_bits, pad;
};
static_assert(sizeof(Bitmap) == 16);

struct GetDomainInfo {
    std::uint16_t domain, pad1;
    std::uint32_t flags;
    std::uint64_t tot_pages, max_pages, outstanding_pages, shr_pages, paged_pages,
        shared_info_frame, cpu_time;
    std::uint32_t nr_online_vcpus, max_vcpu_id, ssidref;
    std::array<std::uint8_t, 16> handle;
    std::uint32_t cpupool;
    std::uint8_t gpaddr_bits;
    std::array<std::uint8_t, 7> pad2;
    /// struct xen_arch_domainconfig, 12 bytes of it up to 4.20. Never read back here.
    std::array<std::byte, 16> arch_config;
};
static_assert(sizeof(GetDomainInfo) == 120 && offsetof(GetDomainInfo, arch_config) == 104);

struct VcpuAffinity {
    std::uint32_t vcpu, flags;
    Bitmap cpumap_hard, cpumap_soft;
};
static_assert(sizeof(VcpuAffinity) == 40);

struct SetDomainHandle {
    std::array<std::uint8_t, 16> handle;
};

struct MaxMem {
    std::uint64_t max_memkb;
};

struct VcpuContextArgument {
    std::uint32_t vcpu, pad;
    std::uint64_t ctxt;
};
static_assert(sizeof(VcpuContextArgument) == 16);

struct GetVcpuInfo {
    std::uint32_t vcpu;
    std::uint8_t online, blocked, running, pad1;
    std::uint64_t cpu_time;
    std::uint32_t cpu, pad2;
};
static_assert(sizeof(GetVcpuInfo) == 24);

struct MaxVcpus {
    std::uint32_t max;
};

struct SchedulerOp {
    std::uint32_t sched_id, cmd;
    union {
        struct {
            std::uint16_t weight, cap;
        } credit;  // credit and credit2 alike
        struct {
            std::uint32_t period, budget, flags;
        } rtds;
        struct {
            std::uint64_t vcpus;
            std::uint32_t nr_vcpus, padding;
        } per_vcpu;
        std::array<std::byte, 16> bytes;
    };
};
/// struct xen_domctl_schedparam_vcpu, of the one scheduler that has such: rtds.
struct SchedParamVcpu {
    std::uint32_t period, budget, flags, vcpu;
};
static_assert(sizeof(SchedParamVcpu) == 16);
static_assert(sizeof(SchedulerOp) == 24 && offsetof(SchedulerOp, credit) == 8);
inline constexpr std::uint32_t kRtdsExtratime = 1;

struct SendTrigger {
    std::uint32_t trigger, vcpu;
};
static_assert(sizeof(SendTrigger) == 8);

struct NodeAffinity {
    Bitmap nodemap;
};

struct IomemPermission {
    std::uint64_t first_mfn, nr_mfns;
    std::uint8_t allow_access;
    std::array<std::uint8_t, 7> pad;
};
static_assert(sizeof(IomemPermission) == 24);

struct AddressSize {
    std::uint32_t size;
};

/// The device tree's arm of the union; PCI has a number at `size`.
struct AssignDevice {
    std::uint32_t dev, flags;
    std::uint32_t size, pad;
    std::uint64_t path;
};
static_assert(sizeof(AssignDevice) == 24);

struct BindPtIrq {
    std::uint32_t machine_irq, irq_type;
    std::uint16_t spi;
    std::array<std::uint16_t, 7> pad;
};
static_assert(sizeof(BindPtIrq) == 24 && offsetof(BindPtIrq, spi) == 8);

struct MemoryMapping {
    std::uint64_t first_gfn, first_mfn, nr_mfns;
    std::uint32_t add_mapping, padding;
};
static_assert(sizeof(MemoryMapping) == 32);

struct CacheFlush {
    std::uint64_t start_pfn, nr_pfns;
};

struct VuartOp {
    std::uint32_t cmd, type;
    std::uint64_t gfn;
    std::uint16_t console_domid, pad;
    std::uint32_t evtchn;
};
static_assert(sizeof(VuartOp) == 24);

struct PagingMempool {
    std::uint64_t size;
};

/// From 4.20.
struct SetLlcColors {
    std::uint32_t num_llc_colors, pad;
    std::uint64_t llc_colors;
};
static_assert(sizeof(SetLlcColors) == 16);

/// struct vcpu_guest_context of both ARM architectures (arch-arm.h), from 4.16. A 32-bit guest's
/// banked registers share x0–x30; only r0–r12 keep their place.
struct VcpuGuestContext {
    std::uint32_t flags, pad;
    std::array<std::uint64_t, 31> x;
    std::uint64_t pc, cpsr, spsr_el1;
    std::uint32_t spsr_fiq, spsr_irq, spsr_und, spsr_abt;
    std::uint64_t sp_el0, sp_el1, elr_el1;
    std::uint64_t sctlr, ttbcr, ttbr0, ttbr1;
};
static_assert(sizeof(VcpuGuestContext) == 352);

}  // namespace zeroth::xenabi
