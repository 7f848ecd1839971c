// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libdomain/hypervisor/privcmd.hpp"
#include "libdomain/hypervisor/sim/guest_cpu.hpp"
#include "libdomain/hypervisor/sim/options.hpp"
#include "libdomain/hypervisor/types.hpp"

/// A model of Xen on ARM behind the seam. It decodes the same bytes that Xen would, of any release,
/// and is as strict: what Xen refuses is refused with the same errno. It runs no guest code; a
/// guest's side of things is played through Machine's own functions and GuestCpu.
namespace zeroth::hyper::sim {

struct State;

class Machine final : public Privcmd {
public:
    /// Fails for a release that is not modelled, or when memory cannot be had.
    static Result<std::unique_ptr<Machine>> create(const SimOptions& options = {});
    ~Machine() override;

    Result<HypercallBuffer> allocate(std::size_t size) override;
    Result<std::int64_t> call(const Hypercall& call) override;
    Result<Mapping> map(DomainId domain, std::span<const GuestFrame> frames) override;
    Result<std::vector<bool>> read_frames(DomainId domain, std::span<const GuestFrame> frames,
                                          std::span<std::byte> to) override;
    Result<Mapping> map_resource(DomainId domain, std::uint32_t type, std::uint32_t id,
                                 std::uint64_t first, std::uint64_t count) override;
    /// dom0's, as /dev/xen/evtchn and gntdev give them. The machine outlives them.
    Result<std::unique_ptr<EventChannels>> event_channels();
    Result<std::unique_ptr<GrantTable>> grant_table();

    /// Faults. Every use of the seam counts: hypercalls, buffers, mappings, ports, grants.
    std::uint64_t calls() const;
    /// The n-th use from now on (1 is the next) fails, once.
    void fail_nth_call(std::uint64_t n, int errno_value);
    /// Every use of this name fails: "XEN_DOMCTL_max_vcpus", "XENMEM_populate_physmap", "map",
    /// "map_resource", "allocate", "bind_interdomain", ... as transcript() spells them.
    void fail(std::string_view operation, int errno_value);
    void clear_faults();

    /// What was asked, oldest first: "XEN_DOMCTL_max_vcpus domain 1", and " failed: Invalid
    /// argument" behind what was refused. Buffers are not told.
    std::vector<std::string> transcript() const;
    void clear_transcript();

    /// For finding leaks: as before, once all is undone.
    std::uint64_t free_pages() const;
    /// Dying ones too, as long as they are held by a mapping.
    std::vector<DomainId> domains() const;
    std::size_t live_mappings() const;
    std::size_t live_buffers() const;
    /// dom0's ends of event channels.
    std::size_t live_ports() const;

    /// The guest's side.
    Result<> read_guest(DomainId id, GuestAddress from, std::span<std::byte> to) const;
    Result<> write_guest(DomainId id, GuestAddress to, std::span<const std::byte> from);
    /// EVTCHNOP_send by the guest.
    Result<> guest_notify(DomainId id, Port port);
    /// Takes the ports of the guest that are pending.
    std::vector<Port> guest_pending(DomainId id);
    /// SCHEDOP_shutdown by the guest.
    Result<> guest_shutdown(DomainId id, ShutdownReason reason);
    /// Who is to be told of what concerns guests; nobody, or one who outlives the machine.
    void observe(Observer* observer);
    /// Lets the guest run for a moment; nullopt while it cannot.
    std::optional<GuestCpu> run(DomainId id);
    /// The registers that vCPU was given; nullopt before it was.
    std::optional<VcpuContext> vcpu_context(DomainId id, VcpuId vcpu) const;
    /// A line on Xen's console; "(XEN) " is put before it.
    void print(std::string_view text);

    /// For what stands beside the model: all of it.
    State& state() const { return *state_; }

private:
    explicit Machine(std::unique_ptr<State> state);
    void release(std::span<std::byte> buffer) override;
    void unmap(std::span<std::byte> bytes, void* token) override;

    std::unique_ptr<State> state_;
};

}  // namespace zeroth::hyper::sim
