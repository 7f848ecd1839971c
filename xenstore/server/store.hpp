// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/ids.hpp"
#include "core/result.hpp"
#include "xenstore/server/change.hpp"
#include "xenstore/server/host.hpp"
#include "xenstore/server/message_log.hpp"
#include "xenstore/server/quotas.hpp"
#include "xenstore/tree/watch_index.hpp"
#include "xenstore/wire/frame.hpp"

namespace zeroth::xenstored {

/// XENSTORE_SERVER_FEATURE_*: reconnection, error indicator, watch depth, any domain.
inline constexpr std::uint32_t kServerFeatures = 1 | 2 | 4 | 8;

struct StoreOptions {
    Quotas quotas;
    /// Leave a dead domain's nodes where they are.
    bool keep_orphans = false;
    /// A domain that may do what domain 0 may.
    std::optional<DomainId> privileged;
};

/// Everything xenstored knows, and the rules: requests in, replies and events out. It does no I/O:
/// what it wants to send lies in a connection's output until the transport has sent it; what must
/// outlive the process goes to the ChangeSink, one commit per request, before the output may be
/// looked at.
class Store {
public:
    Store(StoreOptions options, Host& host, ChangeSink& sink);
    ~Store();

    /// For CONTROL log and logfile; outlives this.
    void set_log(MessageLog& log);

    // Recovery, before anything else: changes of a journal, in order. `apply` neither records nor
    // sends. `recovered` ends it: rings are connected again through the Host, and domains that are
    // no more are released.
    Result<> apply(const Change& change);
    void recovered();

    // Socket clients, which act for domain 0 and are privileged.
    ConnectionId connect();
    void disconnect(ConnectionId id);
    /// One whole request of a socket client.
    void handle(ConnectionId id, const xs::Frame& request);

    // Domains, over their rings.
    /// Bytes that the domain put into its ring, up to `consumer` (req_cons after them). Handles
    /// every whole request in them. An Error: the stream makes no sense from here on; the ring is
    /// to be given up (XENSTORE_ERROR_PROTO). The positions are committed before this returns, so
    /// the transport may then publish req_cons; it is less than `consumer` by the result, the bytes
    /// at the end that there is no room for in the journal now. They are to be given again.
    Result<std::size_t> received(DomainId domain, std::string_view bytes, std::uint32_t consumer);
    /// Whether what comes of a request of the domain's can be kept; if not, `wants_input` of its
    /// ring is false, and the ring becomes ready once that is true again.
    bool has_room(DomainId domain);
    /// The connection of an introduced domain's ring; nullopt if it is not introduced.
    std::optional<ConnectionId> ring(DomainId domain) const;
    /// Where the domain's streams stand: what req_cons and rsp_prod must be, if the journal is
    /// right.
    struct RingPosition {
        std::uint32_t consumer = 0;
        /// rsp_prod once all of output(ring) has been published.
        std::uint32_t producer_end = 0;
    };
    std::optional<RingPosition> position(DomainId domain) const;
    /// What the domain is told in its ring's page that the server can do.
    std::uint32_t features(DomainId domain) const;
    /// The ring was connected anew (INTRODUCE, reconnection): its indexes are these now.
    void restart(DomainId domain, std::uint32_t consumer, std::uint32_t producer);
    /// The dom0 kernel's ring, whose page and port the host knows.
    void introduce_kernel(Port port);
    /// Domains may have died, or shut down: asks the Host about every domain known, releases those
    /// that are gone, and fires @releaseDomain once if `shutdown` or any was.
    void domains_changed(std::span<const DomainId> shut_down);

    /// Why a commit failed. The server must stop then; no client has output any more.
    const std::optional<Error>& failure() const;

    // Output.
    /// Connections whose output grew since the last call; each once.
    std::vector<ConnectionId> take_ready();
    std::string_view output(ConnectionId id) const;
    void sent(ConnectionId id, std::size_t bytes);
    /// Whether more requests may be taken: false while too much that it was sent lies unread, or
    /// while it waits to begin a transaction, or for room in the journal.
    bool wants_input(ConnectionId id) const;
    /// Once per turn, before output is looked at, and when it is time at the latest: begins
    /// transactions that had to wait, and hears rings again that there was no room for.
    void start_held();
    std::optional<std::chrono::steady_clock::time_point> deadline() const;
    /// Whether the client is to be cut off: it does not read, and its output is over all bounds.
    bool hopeless(ConnectionId id) const;

    // Snapshots, for the journal's compaction: a Snapshot stays as it is while the Store goes on.
    /// Gives the changes that make the state, from an empty one, a few at a time.
    class Snapshot {
    public:
        virtual ~Snapshot() = default;
        /// Adds about `count` changes to the sink (without commit); false when there are no more.
        virtual bool write(ChangeSink& sink, std::size_t count) = 0;
    };
    std::unique_ptr<Snapshot> snapshot() const;
    /// Bytes of all nodes and watches, about; known without counting. Compaction goes by it.
    std::uint64_t memory() const;
    /// Once per turn, when what there was to send has been sent: frees some of what was removed,
    /// and gives memory back to the system once that was much. Whether there is more to do, so that
    /// the caller comes back soon.
    bool tidy();

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace zeroth::xenstored
