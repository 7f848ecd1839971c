// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "core/service_manager.hpp"
#include "xenstore/daemon/clients.hpp"
#include "xenstore/daemon/hosts.hpp"
#include "xenstore/server/journal.hpp"

namespace zeroth::xenstored {

/// Keeps nothing.
class NoJournal final : public ChangeSink {
public:
    void add(const Change&) override {}
    Result<> commit() override { return {}; }
};

/// The turns of xenstored: all who are ready are heard, then all who have something to get are sent
/// it. Everything given to it outlives it.
class Server final : public EventLoop::Handler {
public:
    /// `journal` and `xen` may be null.
    Server(EventLoop& loop, Store& store, Journal* journal, Clients& clients, XenHost* xen,
           Trace& trace)
        : loop_{loop},
          store_{store},
          journal_{journal},
          clients_{clients},
          xen_{xen},
          trace_{trace} {}

    /// Blocks SIGTERM, SIGINT and SIGHUP, which are read from now on.
    Result<> take_signals();
    /// Until SIGTERM or SIGINT, or until nothing more can be promised to anyone.
    Result<> run();

private:
    void ready(std::uint32_t events) override;
    Result<> turn();
    std::optional<int> patience() const;
    void flush();
    bool asked_on() const;

    EventLoop& loop_;
    Store& store_;
    Journal* journal_;
    Clients& clients_;
    XenHost* xen_;
    Trace& trace_;
    service_manager::Heartbeat heartbeat_;
    UniqueFd signals_;
    bool stopping_ = false;
    // Whether there is more of it to do.
    bool tidying_ = false;
    bool compacting_ = false;
};

}  // namespace zeroth::xenstored
