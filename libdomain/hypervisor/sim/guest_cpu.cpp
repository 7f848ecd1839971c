// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/sim/guest_cpu.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <utility>

#include "libdomain/hypervisor/sim/domctl.hpp"
#include "libdomain/hypervisor/sim/state.hpp"

namespace zeroth::hyper::sim {

DomainId GuestCpu::id() const { return domain_->id; }

GuestAddress GuestCpu::entry() const {
    const auto& first = domain_->vcpus.at(0);
    return GuestAddress{first ? first->context.pc : 0};
}

std::span<std::byte> GuestCpu::page(GuestFrame frame) const {
    const auto found = domain_->p2m.find(frame.raw());
    if (!found) return {};
    return state_->backing.frames({*found, 1});
}

std::uint64_t GuestCpu::param(HvmParam param) const {
    const auto found = domain_->params.find(std::to_underlying(param));
    return found == domain_->params.end() ? 0 : found->second;
}

std::uint64_t GuestCpu::pages() const { return domain_->tot_pages; }

std::uint32_t GuestCpu::vcpus() const { return static_cast<std::uint32_t>(domain_->vcpus.size()); }

Result<> GuestCpu::notify(Port port) { return state_->send(*domain_, port); }

std::vector<Port> GuestCpu::take_pending() {
    std::vector<Port> ports;
    for (auto& [port, channel] : domain_->channels) {
        if (std::exchange(channel.pending, false)) ports.push_back(port);
    }
    return ports;
}

void GuestCpu::set_online(VcpuId vcpu, bool online) {
    if (vcpu.raw() >= domain_->vcpus.size()) return;
    if (auto& found = domain_->vcpus[vcpu.raw()]) found->online = online;
}

void GuestCpu::balloon_to(std::uint64_t pages) {
    if (pages < domain_->tot_pages) inflate(domain_->tot_pages - pages);
    if (pages > domain_->tot_pages) deflate(pages - domain_->tot_pages);
}

/// The highest frames go first, and what somebody maps stays.
void GuestCpu::inflate(std::uint64_t count) {
    std::vector<FrameRange> chosen;
    const auto& ranges = domain_->p2m.ranges();
    for (auto entry = ranges.rbegin(); entry != ranges.rend() && count > 0; ++entry) {
        const auto& [first, range] = *entry;
        // A piece is of one range, so that its machine frames adjoin as well.
        const auto pieces = chosen.size();
        for (auto i = range.count; i > 0 && count > 0; --i) {
            if (state_->holds.contains(range.first + i - 1)) continue;
            --count;
            if (chosen.size() > pieces && chosen.back().first == first + i) {
                chosen.back() = {first + i - 1, chosen.back().count + 1};
            } else {
                chosen.push_back({first + i - 1, 1});
            }
        }
    }
    for (const auto& range : chosen) {
        const FrameRange frames{*domain_->p2m.find(range.first), range.count};
        domain_->p2m.erase(range.first, range.count);
        remove(domain_->owned, frames);
        domain_->tot_pages -= range.count;
        state_->backing.clear(frames);
        state_->free_frames.give(frames);
        domain_->ballooned.push_back(range);
    }
}

void GuestCpu::deflate(std::uint64_t count) {
    auto& gone = domain_->ballooned;
    while (count > 0) {
        // With no frame left to be filled again, memory is added behind the last.
        const auto& ranges = domain_->p2m.ranges();
        if (gone.empty() && ranges.empty()) return;
        if (gone.empty()) {
            const auto& [first, range] = *ranges.rbegin();
            gone.push_back({first + range.count, count});
        }
        auto& range = gone.back();
        while (range.count > 0 && count > 0) {
            if (!populate(*state_, *domain_, range.first, 0)) return;
            ++range.first;
            --range.count;
            --count;
        }
        if (range.count == 0) gone.pop_back();
    }
}

void GuestCpu::shut_down(ShutdownReason reason) {
    state_->shut_down(*domain_, reason);
    domain_ = nullptr;
    lock_.unlock();
}

}  // namespace zeroth::hyper::sim
