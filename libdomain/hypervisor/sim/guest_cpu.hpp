// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "core/ids.hpp"
#include "core/result.hpp"
#include "core/uuid.hpp"
#include "libdomain/hypervisor/types.hpp"

namespace zeroth::hyper::sim {

struct Domain;
struct State;

/// Who plays the guests. It is told while the machine's lock is held: it may take note, and no
/// more.
class Observer {
public:
    virtual ~Observer() = default;
    /// The guest may run, for the first time or again; or a port of its is pending.
    virtual void wake(DomainId id) = 0;
    /// It has shut down, or is being destroyed: when Xen raises VIRQ_DOM_EXC.
    enum class End { kShutDown, kDestroyed };
    virtual void ended(DomainId id, End how) = 0;
};

/// A guest that runs, and what it can see and do. As long as this object lives nothing else of the
/// machine moves: a guest that is paused, or gone, cannot be in the middle of anything.
class GuestCpu {
public:
    GuestCpu(State& state, Domain& domain, std::unique_lock<std::mutex> lock)
        : state_{&state}, domain_{&domain}, lock_{std::move(lock)} {}

    DomainId id() const;
    /// Where vCPU 0 began.
    GuestAddress entry() const;
    /// A page of its memory; empty when there is none.
    std::span<std::byte> page(GuestFrame frame) const;
    /// HVMOP_get_param; 0 where nobody set it.
    std::uint64_t param(HvmParam param) const;
    std::uint64_t pages() const;
    std::uint32_t vcpus() const;
    bool running() const { return domain_ != nullptr; }

    /// EVTCHNOP_send; a port that nobody is bound to is no error.
    Result<> notify(Port port);
    /// The ports that are pending, and they are not any more.
    std::vector<Port> take_pending();
    /// PSCI's CPU_ON and CPU_OFF; a vCPU that does not exist stays so.
    void set_online(VcpuId vcpu, bool online);
    /// XENMEM_decrease_reservation or XENMEM_populate_physmap until it has `pages`, or as near as
    /// Xen lets it come.
    void balloon_to(std::uint64_t pages);
    /// SCHEDOP_shutdown: nothing else can be done with this object afterwards.
    void shut_down(ShutdownReason reason);

private:
    void deflate(std::uint64_t count);
    void inflate(std::uint64_t count);

    State* state_;
    Domain* domain_;
    std::unique_lock<std::mutex> lock_;
};

}  // namespace zeroth::hyper::sim
