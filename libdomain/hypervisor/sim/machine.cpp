// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/sim/machine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include "core/units.hpp"
#include "libdomain/hypervisor/sim/event_channels.hpp"
#include "libdomain/hypervisor/sim/grant_table.hpp"
#include "libdomain/hypervisor/sim/holding.hpp"
#include "libdomain/hypervisor/sim/operation.hpp"
#include "libdomain/hypervisor/sim/state.hpp"

namespace zeroth::hyper::sim {

Machine::Machine(std::unique_ptr<State> state) : state_{std::move(state)} {}
Machine::~Machine() = default;

Result<std::unique_ptr<Machine>> Machine::create(const SimOptions& options) {
    const auto rows = xenabi::all_layouts();
    const auto row = std::ranges::find(rows, options.release, &xenabi::Layouts::release);
    if (row == rows.end()) {
        return zeroth::fail(
            fmt::format("Xen {} is not modelled; 4.17 to 4.22 are", options.release));
    }
    if (options.cpus == 0 || options.free_cpus >= options.cpus || options.nodes == 0) {
        return zeroth::fail("a simulated machine needs a CPU in its pool, and a node");
    }
    // Frame numbers start at 1 GiB, and Xen itself takes 32 MiB.
    if (options.memory.raw() < options.dom0_memory.raw() + mib(64).raw()) {
        return zeroth::fail("a simulated machine needs 64 MiB beside dom0's memory");
    }
    ZEROTH_TRY(auto backing, Backing::create(to_pages(options.memory + mib(1024))));
    return std::unique_ptr<Machine>{
        new Machine{std::make_unique<State>(options, *row, std::move(backing))}};
}

Result<HypercallBuffer> Machine::allocate(std::size_t size) {
    const std::scoped_lock lock{state_->mutex};
    if (const int fault = state_->faults.enter("allocate"); fault != 0) {
        return zeroth::fail(fault, "");
    }
    const auto rounded =
        static_cast<std::size_t>(align_up(std::max<std::size_t>(size, 1), kPageSize));
    auto* const bytes = static_cast<std::byte*>(std::aligned_alloc(kPageSize, rounded));
    if (bytes == nullptr) return zeroth::fail(ENOMEM, "");
    std::fill_n(bytes, rounded, std::byte{0});
    state_->buffers.emplace(std::bit_cast<std::uintptr_t>(bytes), rounded);
    return HypercallBuffer{*this, {bytes, rounded}};
}

void Machine::release(std::span<std::byte> buffer) {
    const std::scoped_lock lock{state_->mutex};
    state_->buffers.erase(std::bit_cast<std::uintptr_t>(buffer.data()));
    std::free(buffer.data());
}

Result<std::int64_t> Machine::call(const Hypercall& call) {
    const std::scoped_lock lock{state_->mutex};
    const long result = perform(*state_, call);
    if (result < 0) return zeroth::fail(static_cast<int>(-result), "");
    return result;
}

Result<Mapping> Machine::map(DomainId domain, std::span<const GuestFrame> frames) {
    const std::scoped_lock lock{state_->mutex};
    return map_here(*this, *state_, hold_frames(*state_, domain, frames));
}

Result<Mapping> Machine::map_resource(DomainId domain, std::uint32_t type, std::uint32_t id,
                                      std::uint64_t first, std::uint64_t count) {
    const std::scoped_lock lock{state_->mutex};
    return map_here(*this, *state_, hold_resource(*state_, domain, type, id, first, count));
}

void Machine::unmap(std::span<std::byte> bytes, void* token) {
    const std::scoped_lock lock{state_->mutex};
    Backing::unmap(bytes);
    state_->drop(static_cast<const MappingRecord*>(token));
}

Result<std::unique_ptr<EventChannels>> Machine::event_channels() {
    ZEROTH_TRY(auto handle, PortHandle::create(*state_));
    return std::unique_ptr<EventChannels>{std::move(handle)};
}

Result<std::unique_ptr<GrantTable>> Machine::grant_table() {
    return std::make_unique<GrantHandle>(*state_);
}

}  // namespace zeroth::hyper::sim
