// SPDX-License-Identifier: Apache-2.0
// How the bytes of guests get to an xenstored that does not see the machine: by its socket.
#include <sys/epoll.h>

#include <utility>

#include "libdomain/hypervisor/sim/guests/guests.hpp"

namespace zeroth::hyper::sim {

bool Guests::connect(std::uint64_t tag, const std::string& path, StoreSession& session,
                     Line& line) {
    auto endpoint = xs::open_endpoint(path);
    if (!endpoint) return false;
    epoll_event event{EPOLLIN, {.u64 = tag}};
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, endpoint->fd.get(), &event);
    line.endpoint = *std::move(endpoint);
    if (std::exchange(line.used, true)) session.reconnected();
    return true;
}

void Guests::hang_up(Line& line) {
    line.endpoint.reset();
    line.wants_room = false;
}

/// Sends what there is to send, over a new connection if need be.
void Guests::carry(std::uint64_t tag, StoreSession& session, Line& line) {
    if (!line.endpoint && !connect(tag, *store_, session, line)) return;
    carry_open(tag, session, line);
}

void Guests::carry_open(std::uint64_t tag, StoreSession& session, Line& line) {
    auto& output = session.output();
    std::string_view unsent = output;
    const auto sent = line.endpoint->send(unsent);
    output.erase(0, output.size() - unsent.size());
    if (!sent) return hang_up(line);
    if (std::exchange(line.wants_room, !output.empty()) == !output.empty()) return;
    epoll_event event{EPOLLIN | (output.empty() ? 0U : EPOLLOUT), {.u64 = tag}};
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, line.endpoint->fd.get(), &event);
}

void Guests::announce() {
    if (!store_) return;
    const bool away = !announcer_line_.endpoint;
    if (away && connect(kAnnouncer, *store_, announcer_.store(), announcer_line_))
        announcer_.begin();
    if (!announcer_line_.endpoint) return;
    carry(kAnnouncer, announcer_.store(), announcer_line_);
    if (!away) return;
    for (auto& [id, entry] : guests_) {
        if (entry.guest && !entry.line.endpoint) carry(id.raw(), entry.guest->store(), entry.line);
    }
}

/// dom0's drivers are part of its kernel: they are there whatever becomes of xenstored.
void Guests::serve_devices() {
    const bool first = !backends_line_.used;
    if (!connect(kBackends, dom0_store_, backends_.store(), backends_line_)) return;
    if (first) backends_.begin();
    carry_open(kBackends, backends_.store(), backends_line_);
}

void Guests::arrived(std::uint64_t tag) {
    const auto receive = [this, tag](StoreSession& session, Line& line) {
        if (!line.endpoint) return;
        if (!line.endpoint->receive(session.reader())) return hang_up(line);
        carry_open(tag, session, line);
    };
    if (tag == kBackends) {
        receive(backends_.store(), backends_line_);
        if (!backends_.store().take_messages()) hang_up(backends_line_);
        if (backends_line_.endpoint) carry_open(tag, backends_.store(), backends_line_);
        return;
    }
    if (tag == kAnnouncer) {
        receive(announcer_.store(), announcer_line_);
        if (!announcer_.store().take_messages()) hang_up(announcer_line_);
        return;
    }
    const DomainId id{static_cast<std::uint16_t>(tag)};
    const auto found = guests_.find(id);
    if (found == guests_.end() || !found->second.guest) return;
    receive(found->second.guest->store(), found->second.line);
    step(id);
}

}  // namespace zeroth::hyper::sim
