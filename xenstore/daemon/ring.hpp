// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/ids.hpp"
#include "libdomain/hypervisor/privcmd.hpp"
#include "xenstore/daemon/ring_page.hpp"
#include "xenstore/daemon/trace.hpp"
#include "xenstore/server/store.hpp"

namespace zeroth::xenstored {

/// A domain's connection over its ring: bytes between the page and the Store, and what the two
/// positions are. It tells nobody that the page has changed; who owns it asks `take_moved`.
class Ring {
public:
    Ring(DomainId domain, hyper::Mapping mapping)
        : domain_{domain}, mapping_{std::move(mapping)}, page_{mapping_->bytes()} {}

    DomainId domain() const { return domain_; }
    ConnectionId id() const { return id_; }
    const RingPage& page() const { return page_; }

    /// A mapped page takes one of our own domain's memory, and what its kernel notes of it. Without
    /// it, nothing below may be called.
    bool is_mapped() const { return mapping_.has_value(); }
    void unmap();
    void map(hyper::Mapping mapping);

    /// After INTRODUCE or RESUME: the ring goes on from where its page stands, the connection is
    /// new.
    void begin(Store& store);
    /// After a restart of ours: goes on from where the journal stands.
    void resume(Store& store);

    /// Takes what the domain asks; at most a ring full.
    void serve(Store& store, Trace& trace);
    /// Gives the domain what there is room for.
    void flush(Store& store, Trace& trace);

    /// Whether the domain is to be told that something has moved.
    bool take_moved() { return std::exchange(moved_, false); }
    /// Whether there is more to do without an event of the domain's.
    bool take_more() { return std::exchange(more_, false); }
    /// Whether a domain that asks one thing at a time has asked the next, after `serve`.
    bool has_asked_on() const;
    void accept_reconnect() { moved_ |= page_.accept_reconnect(); }

private:
    void reconnect(Store& store);
    void restart(Store& store, RingPage::Positions positions);
    void start_over(Store& store, RingPage::Positions positions);
    void give_up(Store& store, RingPage::Fault fault, std::string_view why);
    bool give(Store& store, Trace& trace);
    std::string who() const;

    DomainId domain_;
    std::optional<hyper::Mapping> mapping_;
    RingPage page_;
    ConnectionId id_;
    RingPage::Positions at_;
    bool given_up_ = false;
    bool moved_ = false;
    bool more_ = false;
    /// There were requests that the Store did not want then.
    bool stalled_ = false;
    /// What was taken last was little.
    bool brief_ = false;
    std::string traced_in_, traced_out_;
};

}  // namespace zeroth::xenstored
