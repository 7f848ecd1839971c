// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "libdomain/hypervisor/privcmd.hpp"
#include "xenstore/daemon/event_loop.hpp"
#include "xenstore/daemon/ring.hpp"

namespace zeroth::xenstored {

/// The rings of all domains, whose events come by way of one file descriptor.
class Rings final : public EventLoop::Handler {
public:
    using MapPage = std::function<Result<hyper::Mapping>(DomainId)>;

    /// `channels`, and what `map` uses, outlive this.
    static Result<std::unique_ptr<Rings>> create(EventLoop& loop, hyper::EventChannels& channels,
                                                 MapPage map, Trace& trace);

    // What the Store asks for (Host).
    Result<> connect(DomainId domain, Port port);
    void reset(DomainId domain);
    void disconnect(DomainId domain);
    bool connected(DomainId domain) const { return rings_.contains(domain); }

    /// What was connected until now is as the journal has it; what comes from now on is new.
    void recovered(Store& store);

    // A turn: first requests of all domains that have sent an event, then output, then events.
    void serve(Store& store);
    /// False if the connection is none of ours.
    bool flush(Store& store, ConnectionId id);
    void finish(Store& store);
    /// Unmaps the pages of domains from and to which nothing has come for as long as kRest, or up
    /// to twice as long: their next event, or what they are to be sent, maps them again.
    void rest(std::chrono::steady_clock::time_point now);
    /// How long `rest` has time; nothing if no page is mapped that it could unmap.
    std::optional<std::chrono::milliseconds> until_rest(
        std::chrono::steady_clock::time_point now) const;
    static constexpr std::chrono::seconds kRest{5};
    /// Whether one of them has asked on while it got its reply: serving it at once spares both the
    /// event and the wait for it. At most `kRounds` times a turn.
    bool asked_on() const { return asked_on_; }
    static constexpr int kRounds = 16;
    /// Whether another turn is needed, event or not.
    bool busy() const { return !active_.empty(); }

    /// An event that belongs to no ring; `take_global` says whether it has come.
    Result<> bind_virq(std::uint32_t virq);
    bool take_global() { return std::exchange(global_, false); }

private:
    struct Entry {
        explicit Entry(std::unique_ptr<Ring> made) : ring{std::move(made)} {}

        std::unique_ptr<Ring> ring;
        std::optional<Port> port;
        bool fresh = true;
        bool active = false;
        /// Since the last `rest`.
        bool used = true;
        /// It could not be mapped when there was something to do.
        bool wants_page = false;
    };

    Rings(hyper::EventChannels& channels, MapPage map, Trace& trace)
        : channels_{channels}, map_{std::move(map)}, trace_{trace} {}

    void ready(std::uint32_t events) override;
    Result<Entry*> find_or_map(DomainId domain);
    Result<Port> bind(const Ring& ring, Port port);
    void unbind(Entry& entry);
    bool has_page(Entry& entry);
    void activate(Entry& entry);
    void remember(const Ring& ring) { by_connection_[ring.id()] = ring.domain(); }
    Entry* find(DomainId domain);
    void unmask();

    hyper::EventChannels& channels_;
    MapPage map_;
    Trace& trace_;
    bool recovering_ = true;
    std::optional<Port> virq_;
    bool global_ = false;
    std::unordered_map<DomainId, Entry> rings_;
    std::unordered_map<Port, DomainId> by_port_;
    std::unordered_map<ConnectionId, DomainId> by_connection_;
    /// To be served in the next turn.
    std::vector<DomainId> active_;
    bool asked_on_ = false;
    /// No page is mapped that could be unmapped.
    bool resting_ = false;
    std::chrono::steady_clock::time_point rest_at_ = std::chrono::steady_clock::now() + kRest;
    /// Moved in this turn, perhaps.
    std::vector<DomainId> touched_;
    /// Those of one of the two that are being dealt with.
    std::vector<DomainId> at_work_;
    /// Masked since they fired; those of active rings stay so, which are looked at anyway.
    std::vector<Port> masked_;
    /// Disconnected, but perhaps still on the stack.
    std::vector<std::unique_ptr<Ring>> dead_;
};

}  // namespace zeroth::xenstored
