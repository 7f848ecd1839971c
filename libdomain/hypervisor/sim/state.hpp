// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include "core/result.hpp"
#include "libdomain/hypervisor/abi/layouts.hpp"
#include "libdomain/hypervisor/sim/backing.hpp"
#include "libdomain/hypervisor/sim/console.hpp"
#include "libdomain/hypervisor/sim/cpupool.hpp"
#include "libdomain/hypervisor/sim/domain.hpp"
#include "libdomain/hypervisor/sim/faults.hpp"
#include "libdomain/hypervisor/sim/frames.hpp"
#include "libdomain/hypervisor/sim/hypfs.hpp"
#include "libdomain/hypervisor/sim/options.hpp"

namespace zeroth::hyper::sim {

class Observer;
class PortHandle;

/// A mapping that someone holds; its frames stay, whatever becomes of their domain.
struct MappingRecord {
    DomainId domain;
    std::vector<FrameRange> frames;
    /// Of a grant: whose entry is marked as in use, and which.
    std::optional<std::uint32_t> grant;
};

/// Memory of another process that makes hypercalls: where it lies there, and here.
struct CallerMemory {
    std::uint64_t address = 0;
    std::span<std::byte> bytes;
};

/// Everything the model knows. Whoever calls its functions holds the mutex.
struct State {
    State(const SimOptions& chosen, const xenabi::Layouts& row, Backing bytes);

    Domain* find(DomainId id);
    std::uint32_t domctl_version() const { return options.domctl.value_or(layouts->domctl); }
    std::uint32_t sysctl_version() const { return options.sysctl.value_or(layouts->sysctl); }

    /// Hypercall arguments: only memory inside a live buffer can be read or written, as a pointer
    /// to anything else may fault in Xen.
    std::span<std::byte> guest_bytes(std::uint64_t address, std::size_t size);
    template <class T>
    bool read(std::uint64_t address, T& value) {
        static_assert(std::is_trivially_copyable_v<T>);
        const auto bytes = guest_bytes(address, sizeof value);
        if (bytes.empty()) return false;
        std::memcpy(&value, bytes.data(), sizeof value);
        return true;
    }
    template <class T>
    bool write(std::uint64_t address, const T& value) {
        static_assert(std::is_trivially_copyable_v<T>);
        const auto bytes = guest_bytes(address, sizeof value);
        if (bytes.empty()) return false;
        std::memcpy(bytes.data(), &value, sizeof value);
        return true;
    }

    /// A frame of Xen's own for a domain; false when memory has run out.
    bool take_overhead(Domain& domain, std::uint64_t pages);
    /// Whether so many pages may be taken, in the claimant's name or in nobody's: what others have
    /// claimed counts as gone.
    bool may_take(std::uint64_t pages, const Domain* claimant) const;
    /// So much of the domain's claim has become memory, or is given up.
    void use_claim(Domain& domain, std::uint64_t pages);
    /// Frees what nobody maps; the domain goes when nothing of it is left.
    void release_memory(Domain& domain);
    /// From now on the frames stay; until `drop`.
    const MappingRecord* hold(MappingRecord record);
    void drop(const MappingRecord* record);
    /// Sets the port pending and tells dom0's holder of it.
    void raise(Domain& domain, Port port);
    void raise_virq(std::uint32_t virq);
    /// EVTCHNOP_send by the domain.
    Result<> send(const Domain& from, Port port);
    void shut_down(Domain& domain, ShutdownReason reason);
    std::optional<Port> free_port(const Domain& domain) const;
    void close_channel(Domain& domain, Port port);

    SimOptions options;
    const xenabi::Layouts* layouts;
    Backing backing;
    FreeFrames free_frames;
    std::uint64_t total_pages;
    /// The sum of all domains' claims.
    std::uint64_t claimed_pages = 0;
    std::map<DomainId, Domain> domains;
    std::map<std::uint32_t, CpuPool> pools;
    std::uint16_t last_domain = 0;
    Console console;
    std::map<std::string, RuntimeParameter, std::less<>> parameters = runtime_parameters();
    Faults faults;
    /// Of the process whose hypercall is carried out, if it is another.
    const CallerMemory* caller = nullptr;
    /// Address → size.
    std::map<std::uint64_t, std::size_t> buffers;
    std::unordered_map<const MappingRecord*, std::unique_ptr<MappingRecord>> mappings;
    /// How many mappings hold a frame.
    std::unordered_map<std::uint64_t, std::uint32_t> holds;
    /// Which open handle dom0's ports belong to.
    std::map<Port, PortHandle*> port_handles;
    /// Plays the guests, if anyone does.
    Observer* observer = nullptr;
    mutable std::mutex mutex;
};

/// The hypercalls; each returns Xen's result, a negative errno when it fails.
long do_domctl(State& state, std::uint64_t address);
long do_sysctl(State& state, std::uint64_t address);
long do_memory_op(State& state, std::uint32_t cmd, std::uint64_t address);
long do_xen_version(State& state, std::uint32_t cmd, std::uint64_t address);
long do_event_channel_op(State& state, std::uint32_t cmd, std::uint64_t address);
long do_hvm_op(State& state, std::uint32_t cmd, std::uint64_t address);
long do_sched_op(State& state, std::uint32_t cmd, std::uint64_t address);
long do_hypfs_op(State& state, std::span<const std::uint64_t, 5> arguments);
/// Two of the memory operations.
long claim_pages(State& state, std::uint64_t address);
long maximum_gpfn(State& state, std::uint64_t address);

/// One extent of 2^order frames at the guest's frame; false where Xen's populate would stop.
bool populate(State& state, Domain& domain, std::uint64_t frame, unsigned order);

/// Makes frames [0, count) of the grant table exist; false beyond its limit.
bool grow_grant_table(State& state, Domain& domain, std::uint64_t count);

inline constexpr std::uint32_t kVirqDomExc = 3, kVirqConRing = 8;

}  // namespace zeroth::hyper::sim
