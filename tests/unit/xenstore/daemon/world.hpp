// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/eventfd.h>

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "tests/unit/xenstore/daemon/guest.hpp"
#include "xenstore/daemon/rings.hpp"
#include "xenstore/server/change_codec.hpp"

namespace zeroth::xenstored {

/// Thrown where the process is to end at once.
struct Killed {};

/// Counts down to the end of the process.
struct Fuse {
    int left = -1;
    void burn() {
        if (left >= 0 && left-- == 0) throw Killed{};
    }
};

/// What outlives xenstored: the domains' pages, and the journal.
struct Machine {
    std::map<DomainId, std::shared_ptr<GuestPage>> pages;
    std::vector<std::string> records;
    int mapped = 0;
    Fuse fuse;

    GuestPage& page(std::uint16_t domain) {
        auto& found = pages[DomainId{domain}];
        if (!found) found = std::make_shared<GuestPage>();
        return *found;
    }
};

class FakeChannels final : public hyper::EventChannels {
public:
    explicit FakeChannels(Machine& machine) : machine_{machine} {}

    int fd() const override { return fd_.get(); }
    Result<Port> bind_interdomain(DomainId remote, Port port) override {
        if (refused.contains(port)) return fail(EINVAL, "bind");
        for (const auto& [local, bound] : bound_)
            if (bound == std::pair{remote, port}) return fail(EINVAL, "bind");
        bound_[Port{next_}] = {remote, port};
        return Port{next_++};
    }
    Result<Port> bind_virq(std::uint32_t) override { return Port{next_++}; }
    Result<> unbind(Port port) override {
        bound_.erase(port);
        return {};
    }
    Result<> notify(Port port) override {
        machine_.fuse.burn();
        const auto domain = bound_.at(port).first;
        ++notified[domain];
        if (on_notify) on_notify(domain);
        return {};
    }
    Result<Port> pending() override {
        std::uint64_t value = 0;
        if (::read(fd_.get(), &value, sizeof value) < 0) return fail(EAGAIN, "pending");
        const Port port = fired_.front();
        fired_.pop_front();
        masked.insert(port);
        return port;
    }
    Result<> unmask(Port port) override {
        masked.erase(port);
        return {};
    }

    /// The domain sends an event.
    void fire(std::uint16_t domain) {
        for (const auto& [local, bound] : bound_)
            if (bound.first == DomainId{domain}) fire_port(local);
    }
    void fire_port(Port port) {
        fired_.push_back(port);
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto written = ::write(fd_.get(), &one, sizeof one);
    }
    std::size_t bound() const { return bound_.size(); }
    Port remote_of(std::uint16_t domain) const {
        for (const auto& [local, bound] : bound_)
            if (bound.first == DomainId{domain}) return bound.second;
        return Port{};
    }

    /// What a domain does the moment it is told.
    std::function<void(DomainId)> on_notify;
    std::map<DomainId, int> notified;
    std::set<Port> masked, refused;

private:
    Machine& machine_;
    UniqueFd fd_{::eventfd(0, EFD_NONBLOCK | EFD_SEMAPHORE | EFD_CLOEXEC)};
    std::map<Port, std::pair<DomainId, Port>> bound_;
    std::deque<Port> fired_;
    std::uint32_t next_ = 1;
};

/// Keeps records as a journal does; the process may end before or after one is kept.
class FakeJournal final : public ChangeSink {
public:
    explicit FakeJournal(Machine& machine) : machine_{machine} {}
    bool has_room(std::size_t, Need) override { return !full; }
    bool full = false;
    void add(const Change& change) override { encode(change, current_); }
    Result<> commit() override {
        if (current_.empty()) return {};
        machine_.fuse.burn();
        machine_.records.push_back(std::exchange(current_, {}));
        machine_.fuse.burn();
        return {};
    }

private:
    Machine& machine_;
    std::string current_;
};

/// One life of xenstored, with domains that do what a test says. Domain 1 is introduced by `begin`.
class World final : public Host, public hyper::MappingOwner {
public:
    explicit World(Machine& kept) : machine{kept} {
        const auto map = [this](DomainId domain) { return map_page(domain); };
        rings = *Rings::create(*loop, channels, map, trace);
        for (const auto& record : machine.records) {
            ChangeReader reader{std::as_bytes(std::span{record})};
            for (auto change = reader.next(); change && *change; change = reader.next())
                if (!store.apply(**change)) throw std::logic_error{"a change is refused"};
        }
        store.recovered();
        rings->recovered(store);
        if (!store.ring(kDomain0)) store.introduce_kernel(Port{1});
        client = store.connect();
    }

    bool exists(DomainId) override { return true; }
    Result<> connect(DomainId domain, Port port) override { return rings->connect(domain, port); }
    void reset(DomainId domain) override { rings->reset(domain); }
    void disconnect(DomainId domain) override { rings->disconnect(domain); }

    void turn() {
        if (!loop->turn(0)) throw std::logic_error{"the loop fails"};
        rings->serve(store);
        store.start_held();
        for (const ConnectionId id : store.take_ready()) rings->flush(store, id);
        rings->finish(store);
    }
    void turns() {
        for (int i = 0; i < 20; ++i) turn();
    }
    /// A request of a socket client's; the reply, after any events.
    Reply ask(xs::MessageType type, std::string_view payload) {
        store.handle(client, xs::Frame{type, 1, 0, payload});
        std::string bytes{store.output(client)};
        store.sent(client, bytes.size());
        const auto replies = take_messages(bytes);
        return replies.empty() ? Reply{} : replies.back();
    }
    Reply introduce(std::uint16_t domain, std::uint32_t port) {
        return ask(xs::MessageType::kIntroduce,
                   std::to_string(domain) + '\0' + "1" + '\0' + std::to_string(port) + '\0');
    }
    /// The domain's event, and what it finds in its page then.
    std::vector<Reply> knock(std::uint16_t domain) {
        channels.fire(domain);
        turns();
        std::string bytes = machine.page(domain).take();
        return take_messages(bytes);
    }

    Machine& machine;
    Trace trace;
    FakeChannels channels{machine};
    std::unique_ptr<EventLoop> loop = *EventLoop::create();
    FakeJournal journal{machine};
    std::unique_ptr<Rings> rings;
    Store store{StoreOptions{}, *this, journal};
    ConnectionId client;
    bool refuses_pages = false;

private:
    Result<hyper::Mapping> map_page(DomainId domain) {
        if (refuses_pages) return fail(ENOMEM, "map");
        machine.page(domain.raw());
        ++machine.mapped;
        return hyper::Mapping{*this, machine.pages.at(domain)->bytes, nullptr};
    }
    void unmap(std::span<std::byte>, void*) override { --machine.mapped; }
};

}  // namespace zeroth::xenstored
