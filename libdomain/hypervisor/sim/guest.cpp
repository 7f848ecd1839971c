// SPDX-License-Identifier: Apache-2.0
// What Machine lets a test see and play: faults, leaks, and the guest's side.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "libdomain/hypervisor/sim/machine.hpp"
#include "libdomain/hypervisor/sim/state.hpp"

namespace zeroth::hyper::sim {
namespace {

std::unexpected<Error> no_domain(DomainId id) {
    return zeroth::fail(Error::message(ESRCH, fmt::format("domain {}: no such domain", id.raw())));
}

/// Walks the guest's memory page by page; `each` gets a page's bytes and the offset in the whole.
template <class Each>
Result<> walk(const State& state, const Domain& domain, GuestAddress at, std::size_t size,
              Each each) {
    for (std::size_t done = 0; done < size;) {
        const auto address = at + done;
        const auto frame = domain.p2m.find(frame_of(address).raw());
        if (!frame) return zeroth::fail(EFAULT, fmt::format("address {:#x}", address.raw()));
        const FrameRange range{*frame, 1};
        const auto page = state.backing.frames(range);
        const auto offset = static_cast<std::size_t>(address.raw() % kPageSize);
        const auto count = std::min<std::size_t>(kPageSize - offset, size - done);
        each(page.subspan(offset, count), done);
        done += count;
    }
    return {};
}

}  // namespace

std::uint64_t Machine::calls() const {
    const std::scoped_lock lock{state_->mutex};
    return state_->faults.calls();
}
void Machine::fail_nth_call(std::uint64_t n, int errno_value) {
    const std::scoped_lock lock{state_->mutex};
    state_->faults.fail_nth(n, errno_value);
}
void Machine::fail(std::string_view operation, int errno_value) {
    const std::scoped_lock lock{state_->mutex};
    state_->faults.fail(operation, errno_value);
}
void Machine::clear_faults() {
    const std::scoped_lock lock{state_->mutex};
    state_->faults.clear();
}

std::vector<std::string> Machine::transcript() const {
    const std::scoped_lock lock{state_->mutex};
    return {state_->faults.transcript.begin(), state_->faults.transcript.end()};
}
void Machine::clear_transcript() {
    const std::scoped_lock lock{state_->mutex};
    state_->faults.transcript.clear();
}

std::uint64_t Machine::free_pages() const {
    const std::scoped_lock lock{state_->mutex};
    return state_->free_frames.count();
}
std::vector<DomainId> Machine::domains() const {
    const std::scoped_lock lock{state_->mutex};
    std::vector<DomainId> list;
    for (const auto& [id, domain] : state_->domains) list.push_back(id);
    return list;
}
std::size_t Machine::live_mappings() const {
    const std::scoped_lock lock{state_->mutex};
    return state_->mappings.size();
}
std::size_t Machine::live_buffers() const {
    const std::scoped_lock lock{state_->mutex};
    return state_->buffers.size();
}
std::size_t Machine::live_ports() const {
    const std::scoped_lock lock{state_->mutex};
    return state_->port_handles.size();
}

Result<> Machine::read_guest(DomainId id, GuestAddress from, std::span<std::byte> to) const {
    const std::scoped_lock lock{state_->mutex};
    const auto* const domain = state_->find(id);
    if (domain == nullptr) return no_domain(id);
    return walk(*state_, *domain, from, to.size(), [to](auto page, std::size_t at) {
        std::memcpy(to.data() + at, page.data(), page.size());
    });
}

Result<> Machine::write_guest(DomainId id, GuestAddress to, std::span<const std::byte> from) {
    const std::scoped_lock lock{state_->mutex};
    const auto* const domain = state_->find(id);
    if (domain == nullptr) return no_domain(id);
    return walk(*state_, *domain, to, from.size(), [from](auto page, std::size_t at) {
        std::memcpy(page.data(), from.data() + at, page.size());
    });
}

Result<> Machine::guest_notify(DomainId id, Port port) {
    const std::scoped_lock lock{state_->mutex};
    auto* const domain = state_->find(id);
    if (domain == nullptr) return no_domain(id);
    return state_->send(*domain, port);
}

std::vector<Port> Machine::guest_pending(DomainId id) {
    const std::scoped_lock lock{state_->mutex};
    std::vector<Port> ports;
    auto* const domain = state_->find(id);
    if (domain == nullptr) return ports;
    for (auto& [port, channel] : domain->channels) {
        if (std::exchange(channel.pending, false)) ports.push_back(port);
    }
    return ports;
}

Result<> Machine::guest_shutdown(DomainId id, ShutdownReason reason) {
    const std::scoped_lock lock{state_->mutex};
    auto* const domain = state_->find(id);
    if (domain == nullptr) return no_domain(id);
    state_->shut_down(*domain, reason);
    return {};
}

void Machine::observe(Observer* observer) {
    const std::scoped_lock lock{state_->mutex};
    state_->observer = observer;
}

std::optional<GuestCpu> Machine::run(DomainId id) {
    std::unique_lock lock{state_->mutex};
    auto* const domain = state_->find(id);
    if (domain == nullptr || id == kDomain0 || domain->dying || domain->shut_down ||
        domain->pause_count > 0 || !domain->creation_finished) {
        return std::nullopt;
    }
    return GuestCpu{*state_, *domain, std::move(lock)};
}

std::optional<VcpuContext> Machine::vcpu_context(DomainId id, VcpuId vcpu) const {
    const std::scoped_lock lock{state_->mutex};
    const auto* const domain = state_->find(id);
    if (domain == nullptr || vcpu.raw() >= domain->vcpus.size()) return std::nullopt;
    const auto& found = domain->vcpus[vcpu.raw()];
    if (!found || !found->initialised) return std::nullopt;
    VcpuContext context;
    context.pc = found->context.pc;
    context.cpsr = found->context.cpsr;
    context.sctlr = found->context.sctlr;
    std::ranges::copy_n(found->context.x.begin(), 4, context.arguments.begin());
    context.width = domain->is_32bit ? VcpuContext::Width::k32 : VcpuContext::Width::k64;
    return context;
}

void Machine::print(std::string_view text) {
    const std::scoped_lock lock{state_->mutex};
    state_->console.print(fmt::format("(XEN) {}\n", text));
    state_->raise_virq(kVirqConRing);
}

}  // namespace zeroth::hyper::sim
