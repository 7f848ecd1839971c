// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.hpp"
#include "core/result.hpp"
#include "core/units.hpp"
#include "libdomain/hypervisor/privcmd.hpp"
#include "libdomain/hypervisor/types.hpp"

namespace zeroth::xenabi {
struct Layouts;
}

namespace zeroth::hyper {

/// Xen in domain terms. Every Error names the hypercall and its arguments ("XEN_DOMCTL_max_vcpus
/// 200 of domain 3: Invalid argument"). Thread-safe, as its seam is.
class Hypervisor {
public:
    /// Finds the interface versions; a version we have no layouts for is refused with a message
    /// that names it and those known. `privcmd` outlives the result.
    static Result<Hypervisor> open(Privcmd& privcmd);
    Hypervisor(Hypervisor&&) noexcept;
    ~Hypervisor();

    Privcmd& seam() const { return *privcmd_; }

    // The host.
    const XenVersion& version() const;
    Result<PhysInfo> physinfo() const;
    Result<std::vector<CpuTopology>> cpu_topology() const;
    Result<std::vector<NumaNode>> numa_info() const;
    Result<std::uint32_t> scheduler_id() const;
    /// CPUs that are in no pool.
    Result<CpuMap> free_cpus() const;
    enum class Clear { kNo, kYes };
    /// Xen's console ring, oldest line first.
    Result<std::string> console_log(Clear clear) const;
    /// What Xen printed since `index`, and the index to ask with next time; start with 0.
    struct ConsoleTail {
        std::string text;
        std::uint32_t next = 0;
    };
    Result<ConsoleTail> console_since(std::uint32_t index) const;
    Result<> debug_keys(std::string_view keys) const;
    /// Xen's runtime parameters. ENOSYS where it was built without its file system.
    Result<std::vector<Parameter>> parameters() const;
    /// ENOENT for a name that Xen does not have, EINVAL for a value that it does not take.
    Result<> set_parameter(std::string_view name, std::string_view value) const;

    // CPU pools.
    Result<std::vector<Cpupool>> cpupools() const;
    Result<Cpupool> cpupool(CpupoolId id) const;
    /// Without a CPU; the scheduler is a number of SchedParams.
    Result<CpupoolId> create_cpupool(std::uint32_t scheduler) const;
    /// EBUSY while it has a CPU or a domain.
    Result<> destroy_cpupool(CpupoolId id) const;
    Result<> add_cpu(CpupoolId id, PcpuId cpu) const;
    /// EBUSY for the last one while domains are in the pool; also for a moment after it was left by
    /// a vCPU that is pinned there for a while.
    Result<> remove_cpu(CpupoolId id, PcpuId cpu) const;
    Result<> move_to_cpupool(DomainId domain, CpupoolId id) const;
    /// Of pools with the scheduler credit or credit2.
    Result<PoolScheduling> pool_scheduling(CpupoolId id, std::uint32_t scheduler) const;
    Result<> set_pool_scheduling(const PoolScheduling& pool) const;

    // Domains.
    Result<std::vector<DomainInfo>> domains() const;
    /// ENOENT-like Error (ESRCH) when there is no such domain, on every release.
    Result<DomainInfo> domain(DomainId id) const;
    Result<CreatedDomain> create_domain(const DomainSpec& spec) const;
    /// Preemptible inside the hypervisor: called again until done.
    Result<> destroy_domain(DomainId id) const;
    Result<> pause(DomainId id) const;
    Result<> unpause(DomainId id) const;
    /// Another UUID for a domain that is there.
    Result<> set_handle(DomainId id, const Uuid& uuid) const;
    Result<> set_max_vcpus(DomainId id, std::uint32_t count) const;
    Result<> set_max_mem(DomainId id, KiB size) const;
    Result<> set_paging_mempool(DomainId id, Bytes size) const;
    Result<> set_address_size(DomainId id, std::uint32_t bits) const;
    Result<> set_vcpu_context(DomainId id, VcpuId vcpu, const VcpuContext& context) const;
    Result<VcpuInfo> vcpu_info(DomainId id, VcpuId vcpu) const;
    struct Affinity {
        CpuMap hard, soft;
    };
    Result<Affinity> affinity(DomainId id, VcpuId vcpu) const;
    /// Sets the maps that are not empty and returns those in force (soft ∧ hard ∧ online is Xen's).
    Result<> set_affinity(DomainId id, VcpuId vcpu, const Affinity& wanted, bool force) const;
    /// The NUMA nodes that its memory comes from by preference, a flag each.
    Result<std::vector<bool>> node_affinity(DomainId id, std::uint32_t nodes) const;
    /// ENOSYS on every Xen for ARM so far.
    Result<> send_trigger(DomainId id, Trigger trigger, VcpuId vcpu) const;
    /// Ends the domain's life from outside, as if it had done so itself for this reason.
    Result<> remote_shutdown(DomainId id, ShutdownReason reason) const;
    /// ENODATA for a vCPU that was never started. The domain should be paused.
    Result<VcpuState> vcpu_state(DomainId id, VcpuId vcpu) const;
    Result<> set_llc_colors(DomainId id, std::span<const std::uint32_t> colors) const;
    Result<SchedParams> sched_params(DomainId id) const;
    Result<> set_sched_params(DomainId id, const SchedParams& params) const;
    /// Of the first `count` vCPUs, under rtds, the one scheduler that has such.
    Result<std::vector<VcpuSched>> vcpu_sched(DomainId id, std::uint32_t count) const;
    Result<> set_vcpu_sched(DomainId id, std::span<const VcpuSched> vcpus) const;

    // Memory.
    /// Populates `count` extents of 2^order pages; returns how many of them, from the first, exist
    /// now: fewer than asked means that no more of that order were to be had.
    Result<std::uint64_t> populate_physmap(DomainId id, GuestFrame first, std::uint64_t count,
                                           unsigned order) const;
    /// Sets so many pages aside for a domain that has not populated them yet: all of them, or
    /// ENOMEM. What it populates comes out of them; 0 gives up what is left.
    Result<> claim_pages(DomainId id, std::uint64_t pages) const;
    /// The highest frame that the domain's address space has ever had something at.
    Result<GuestFrame> maximum_gpfn(DomainId id) const;
    /// Any number of pages; split into calls Xen accepts.
    Result<> cache_flush(DomainId id, GuestFrame first, std::uint64_t pages) const;
    Result<> iomem_permission(DomainId id, MachineFrame first, std::uint64_t count,
                              bool allow) const;
    /// Maps machine frames into the guest, in pieces as Xen allows (64 at most).
    Result<> memory_mapping(DomainId id, GuestFrame guest_first, MachineFrame first,
                            std::uint64_t count, bool add) const;
    Result<> bind_spi(DomainId id, std::uint32_t irq) const;
    Result<> assign_dt_device(DomainId id, std::string_view path) const;

    // Channels, params, grants.
    Result<Port> alloc_unbound(DomainId id, DomainId remote) const;
    Result<> set_param(DomainId id, HvmParam param, std::uint64_t value) const;
    Result<std::uint64_t> get_param(DomainId id, HvmParam param) const;
    /// Fills entry `ref` of the domain's grant table: `to` may map `frame` (grant_entry_v1).
    struct GrantSeed {
        GrantRef ref;
        DomainId to;
        GuestFrame frame;
    };
    Result<> seed_grants(DomainId id, std::span<const GrantSeed> seeds) const;
    /// XEN_DOMCTL_vuart_op INIT of the emulated SBSA UART; returns its event channel.
    Result<Port> init_vuart(DomainId id, GuestFrame ring, DomainId console_domain) const;

private:
    Hypervisor(Privcmd& privcmd, XenVersion version, const xenabi::Layouts& layouts,
               std::uint32_t cpus);

    /// The pool with that number, or the next after it; ENOENT behind the last.
    Result<Cpupool> next_cpupool(std::uint32_t from) const;

    Privcmd* privcmd_;
    std::unique_ptr<XenVersion> version_;
    const xenabi::Layouts* layouts_;
    /// One more than the highest number a CPU can have here: the size of every CpuMap.
    std::uint32_t cpus_;
};

}  // namespace zeroth::hyper
