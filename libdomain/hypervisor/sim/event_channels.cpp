// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/sim/event_channels.hpp"

#include <fmt/format.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>

#include "libdomain/hypervisor/sim/state.hpp"

namespace zeroth::hyper::sim {
namespace {

/// Counts the use, writes it down, and fails it where that was asked for.
Result<> enter(State& state, std::string_view operation, std::string_view subject) {
    const int fault = state.faults.enter(operation);
    state.faults.tell(operation, subject, -fault);
    if (fault == 0) return {};
    return fail(fault, fmt::format("{} {}", operation, subject));
}

}  // namespace

Result<std::unique_ptr<PortHandle>> PortHandle::create(State& state) {
    const std::scoped_lock lock{state.mutex};
    ZEROTH_CHECK(enter(state, "open", "event channels"));
    UniqueFd fd{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK | EFD_SEMAPHORE)};
    if (!fd) return errno_error("eventfd for simulated event channels");
    return std::unique_ptr<PortHandle>{new PortHandle{state, std::move(fd)}};
}

PortHandle::~PortHandle() {
    const std::scoped_lock lock{state_->mutex};
    auto& dom0 = *state_->find(kDomain0);
    for (const auto& [port, line] : lines_) {
        state_->port_handles.erase(port);
        state_->close_channel(dom0, port);
    }
}

Result<Port> PortHandle::adopt(Port port) {
    lines_.emplace(port, Line::kIdle);
    state_->port_handles.emplace(port, this);
    return port;
}

Result<Port> PortHandle::bind_interdomain(DomainId remote, Port remote_port) {
    const std::scoped_lock lock{state_->mutex};
    const auto subject = fmt::format("port {} of domain {}", remote_port.raw(), remote.raw());
    ZEROTH_CHECK(enter(*state_, "bind_interdomain", subject));
    auto* const other = state_->find(remote);
    if (other == nullptr) {
        return fail(Error::message(ESRCH, fmt::format("bind to {}: no such domain", subject)));
    }
    const auto end = other->channels.find(remote_port);
    if (end == other->channels.end() || end->second.state != Channel::State::kUnbound ||
        end->second.remote != kDomain0) {
        return fail(EINVAL, fmt::format("bind to {}", subject));
    }
    auto& dom0 = *state_->find(kDomain0);
    const auto port = state_->free_port(dom0);
    if (!port) return fail(ENOSPC, fmt::format("bind to {}", subject));
    dom0.channels.emplace(*port, Channel{Channel::State::kInterdomain, remote, remote_port});
    end->second.state = Channel::State::kInterdomain;
    end->second.remote_port = *port;
    ZEROTH_CHECK(adopt(*port));
    // What was sent before there was an end may be lost, so Xen always raises a new one once.
    state_->raise(dom0, *port);
    return *port;
}

Result<Port> PortHandle::bind_virq(std::uint32_t virq) {
    const std::scoped_lock lock{state_->mutex};
    ZEROTH_CHECK(enter(*state_, "bind_virq", fmt::format("{}", virq)));
    auto& dom0 = *state_->find(kDomain0);
    const bool bound = std::ranges::any_of(dom0.channels, [virq](const auto& entry) {
        return entry.second.state == Channel::State::kVirq && entry.second.virq == virq;
    });
    if (bound) return fail(EEXIST, fmt::format("bind VIRQ {}", virq));
    const auto port = state_->free_port(dom0);
    if (!port) return fail(ENOSPC, fmt::format("bind VIRQ {}", virq));
    dom0.channels.emplace(*port, Channel{Channel::State::kVirq, {}, {}, virq});
    return adopt(*port);
}

Result<> PortHandle::unbind(Port port) {
    const std::scoped_lock lock{state_->mutex};
    ZEROTH_CHECK(enter(*state_, "unbind", fmt::format("port {}", port.raw())));
    const auto line = lines_.find(port);
    if (line == lines_.end()) return fail(ENOTCONN, fmt::format("unbind port {}", port.raw()));
    lines_.erase(line);
    state_->port_handles.erase(port);
    state_->close_channel(*state_->find(kDomain0), port);
    return {};
}

Result<> PortHandle::notify(Port port) {
    const std::scoped_lock lock{state_->mutex};
    ZEROTH_CHECK(enter(*state_, "notify", fmt::format("port {}", port.raw())));
    if (!lines_.contains(port)) return fail(ENOTCONN, fmt::format("notify port {}", port.raw()));
    const auto& channel = state_->find(kDomain0)->channels.at(port);
    if (channel.state == Channel::State::kUnbound) return {};  // Xen drops it
    if (channel.state == Channel::State::kVirq) {
        return fail(EINVAL, fmt::format("notify port {}", port.raw()));
    }
    if (auto* const other = state_->find(channel.remote); other != nullptr) {
        state_->raise(*other, channel.remote_port);
    }
    return {};
}

Result<Port> PortHandle::pending() {
    const std::scoped_lock lock{state_->mutex};
    if (fired_.empty()) return fail(EAGAIN, "no port has fired");
    eventfd_t one = 0;
    ::eventfd_read(fd_.get(), &one);
    const Port port = fired_.front();
    fired_.pop_front();
    if (const auto line = lines_.find(port); line != lines_.end()) {
        line->second = Line::kMasked;
        state_->find(kDomain0)->channels.at(port).pending = false;
    }
    return port;
}

Result<> PortHandle::unmask(Port port) {
    const std::scoped_lock lock{state_->mutex};
    ZEROTH_CHECK(enter(*state_, "unmask", fmt::format("port {}", port.raw())));
    const auto line = lines_.find(port);
    if (line == lines_.end()) return {};  // the device ignores ports that are not its own
    const bool again = line->second == Line::kMaskedAgain;
    if (line->second == Line::kMasked || again) line->second = Line::kIdle;
    if (again) fired(port);
    return {};
}

void PortHandle::fired(Port port) {
    auto& line = lines_.at(port);
    if (line == Line::kMasked) line = Line::kMaskedAgain;
    if (line != Line::kIdle) return;
    line = Line::kQueued;
    fired_.push_back(port);
    ::eventfd_write(fd_.get(), 1);
}

}  // namespace zeroth::hyper::sim
