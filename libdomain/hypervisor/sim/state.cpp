// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/sim/state.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <iterator>
#include <utility>

#include "core/units.hpp"
#include "libdomain/hypervisor/abi/numbers.hpp"
#include "libdomain/hypervisor/sim/event_channels.hpp"
#include "libdomain/hypervisor/sim/guest_cpu.hpp"

namespace zeroth::hyper::sim {
namespace {

/// The machine's RAM begins at 1 GiB, as on QEMU's virt board.
constexpr std::uint64_t kFirstFrame = 0x40000;
/// Xen's image, heap and frame table.
constexpr std::uint64_t kXenPages = 8192;

bool held(const State& state, std::uint64_t frame) { return state.holds.contains(frame); }

/// Gives back what is not held of the ranges, and returns what is.
std::vector<FrameRange> give_unheld(State& state, std::span<const FrameRange> ranges) {
    std::vector<FrameRange> kept;
    for (const auto& range : ranges) {
        std::vector<FrameRange> freed;
        for (std::uint64_t i = 0; i < range.count; ++i) {
            append(held(state, range.first + i) ? kept : freed, {range.first + i, 1});
        }
        for (const auto& part : freed) state.backing.clear(part);
        state.free_frames.give(freed);
    }
    return kept;
}

std::uint64_t count_of(std::span<const FrameRange> ranges) {
    std::uint64_t count = 0;
    for (const auto& range : ranges) count += range.count;
    return count;
}

Domain make_dom0(const SimOptions& options) {
    Domain dom0;
    dom0.id = kDomain0;
    dom0.config.flags = xenabi::cdf::kHvm | xenabi::cdf::kHap;
    dom0.config.max_vcpus = options.dom0_vcpus;
    dom0.config.max_evtchn_port = 4095;
    dom0.pause_count = 0;
    dom0.creation_finished = true;
    dom0.is_32bit = false;
    dom0.max_pages = ~std::uint64_t{0} >> 32;
    dom0.tot_pages = to_pages(options.dom0_memory);
    dom0.max_grant_frames = 64;
    dom0.sched = default_scheduling(options.scheduler);
    for (std::uint32_t i = 0; i < options.dom0_vcpus; ++i) {
        Vcpu vcpu;
        vcpu.initialised = vcpu.online = true;
        vcpu.hard = vcpu.soft = CpuMap(options.cpus, true);
        vcpu.cpu = i % options.cpus;
        dom0.vcpus.emplace_back(std::move(vcpu));
    }
    return dom0;
}

}  // namespace

State::State(const SimOptions& chosen, const xenabi::Layouts& row, Backing bytes)
    : options{chosen},
      layouts{&row},
      backing{std::move(bytes)},
      free_frames{{kFirstFrame, to_pages(chosen.memory)}},
      total_pages{to_pages(chosen.memory)} {
    CpuPool pool{options.scheduler, CpuMap(options.cpus)};
    std::fill_n(pool.cpus.begin(), options.cpus - options.free_cpus, true);
    pools.emplace(0, std::move(pool));
    auto dom0 = make_dom0(options);
    dom0.overhead = free_frames.take_any(kXenPages).value_or(std::vector<FrameRange>{});
    dom0.owned = free_frames.take_any(dom0.tot_pages).value_or(std::vector<FrameRange>{});
    domains.emplace(dom0.id, std::move(dom0));
    console.print(fmt::format("(XEN) Xen version {}.0-sim\n", options.release));
}

Domain* State::find(DomainId id) {
    const auto found = domains.find(id);
    return found == domains.end() ? nullptr : &found->second;
}

std::span<std::byte> State::guest_bytes(std::uint64_t address, std::size_t size) {
    if (caller != nullptr) {
        const auto offset = address - caller->address;
        if (offset > caller->bytes.size() || size > caller->bytes.size() - offset) return {};
        return caller->bytes.subspan(static_cast<std::size_t>(offset), size);
    }
    const auto after = buffers.upper_bound(address);
    if (after == buffers.begin()) return {};
    const auto& [start, length] = *std::prev(after);
    if (address - start > length || size > length - (address - start)) return {};
    return {std::bit_cast<std::byte*>(static_cast<std::uintptr_t>(address)), size};
}

bool State::take_overhead(Domain& domain, std::uint64_t pages) {
    if (!may_take(pages, nullptr)) return false;
    auto taken = free_frames.take_any(pages);
    if (!taken) return false;
    domain.overhead.insert(domain.overhead.end(), taken->begin(), taken->end());
    return true;
}

void State::release_memory(Domain& domain) {
    domain.p2m.clear();
    domain.owned = give_unheld(*this, domain.owned);
    domain.tot_pages = count_of(domain.owned);
    free_frames.give(std::exchange(domain.pool, {}));
    domain.pool_pages = 0;
    const bool grants_held = std::ranges::any_of(
        domain.grant_frames, [this](std::uint64_t frame) { return held(*this, frame); });
    if (domain.tot_pages > 0 || grants_held) return;
    for (const auto frame : domain.grant_frames) {
        backing.clear({frame, 1});
        free_frames.give(FrameRange{frame, 1});
    }
    free_frames.give(domain.overhead);
    domains.erase(domain.id);
}

const MappingRecord* State::hold(MappingRecord record) {
    for (const auto& range : record.frames) {
        for (std::uint64_t i = 0; i < range.count; ++i) ++holds[range.first + i];
    }
    auto kept = std::make_unique<MappingRecord>(std::move(record));
    const auto* const key = kept.get();
    mappings.emplace(key, std::move(kept));
    return key;
}

void State::drop(const MappingRecord* record) {
    for (const auto& range : record->frames) {
        for (std::uint64_t i = 0; i < range.count; ++i) {
            const auto found = holds.find(range.first + i);
            if (--found->second == 0) holds.erase(found);
        }
    }
    const auto id = record->domain;
    mappings.erase(record);
    auto* const domain = find(id);
    if (domain != nullptr && domain->dying) release_memory(*domain);
}

void State::raise(Domain& domain, Port port) {
    const auto found = domain.channels.find(port);
    if (found == domain.channels.end()) return;
    found->second.pending = true;
    if (domain.id != kDomain0) {
        if (observer != nullptr) observer->wake(domain.id);
        return;
    }
    const auto handle = port_handles.find(port);
    if (handle != port_handles.end()) handle->second->fired(port);
}

void State::raise_virq(std::uint32_t virq) {
    auto& dom0 = domains.at(kDomain0);
    for (const auto& [port, channel] : dom0.channels) {
        if (channel.state == Channel::State::kVirq && channel.virq == virq) raise(dom0, port);
    }
}

Result<> State::send(const Domain& from, Port port) {
    const auto found = from.channels.find(port);
    if (found == from.channels.end() || found->second.xen_attached) {
        return fail(EINVAL, fmt::format("port {} of domain {}", port.raw(), from.id.raw()));
    }
    if (found->second.state != Channel::State::kInterdomain) return {};
    auto* const other = find(found->second.remote);
    if (other != nullptr) raise(*other, found->second.remote_port);
    return {};
}

void State::shut_down(Domain& domain, ShutdownReason reason) {
    domain.shut_down = true;
    domain.shutdown_code = static_cast<std::uint8_t>(reason);
    if (observer != nullptr) observer->ended(domain.id, Observer::End::kShutDown);
    raise_virq(kVirqDomExc);
}

/// The lowest, as Xen has it.
std::optional<Port> State::free_port(const Domain& domain) const {
    Port port{1};
    for (const auto& [taken, channel] : domain.channels) {
        if (taken != port) break;
        port = Port{port.raw() + 1};
    }
    if (port.raw() > domain.config.max_evtchn_port) return std::nullopt;
    return port;
}

void State::close_channel(Domain& domain, Port port) {
    const auto found = domain.channels.find(port);
    if (found == domain.channels.end()) return;
    const auto channel = found->second;
    domain.channels.erase(found);
    if (channel.state != Channel::State::kInterdomain) return;
    auto* const other = find(channel.remote);
    if (other == nullptr) return;
    const auto end = other->channels.find(channel.remote_port);
    if (end == other->channels.end()) return;
    end->second.state = Channel::State::kUnbound;
    end->second.remote = domain.id;
}

}  // namespace zeroth::hyper::sim
