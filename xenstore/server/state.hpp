// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/ids.hpp"
#include "core/result.hpp"
#include "xenstore/server/change.hpp"
#include "xenstore/server/output.hpp"
#include "xenstore/server/quotas.hpp"
#include "xenstore/server/transaction.hpp"
#include "xenstore/tree/remains.hpp"
#include "xenstore/tree/tree.hpp"
#include "xenstore/tree/watch_index.hpp"

namespace zeroth::xenstored {

/// Where the streams of a ring stand.
struct RingStream {
    std::uint32_t consumer = 0;
    /// The beginning of a request.
    std::string partial;
    std::uint32_t producer_end = 0;
    /// Up to where the output has been recorded.
    Output::Position recorded = 0;
    /// Bytes recorded for it since there was room for all.
    std::size_t since_full = 0;
    /// It is not heard until there is room again.
    bool starved = false;
};

struct Connection {
    ConnectionId id;
    DomainId domain;
    /// None for a socket client's.
    std::unique_ptr<RingStream> ring;
    Output output;
    std::vector<std::unique_ptr<Watch>> watches;
    std::map<std::uint32_t, std::unique_ptr<Transaction>> transactions;
    std::uint32_t last_transaction = 0;
    /// The TRANSACTION_START, by its request's id, that waits for others' transactions to end.
    std::optional<std::uint32_t> held_start;
    /// Its output has grown, and nobody has asked yet.
    bool ready = false;
    /// It may do what domain 0 may.
    bool trusted = false;

    bool privileged() const { return domain == kDomain0 || trusted; }
};

/// A domain that was introduced, or that somebody named.
struct Domain {
    std::optional<ConnectionId> connection;
    GuestFrame ring;
    Port port;
    std::optional<DomainId> target;
    std::uint32_t features = 0;
    /// By index into kQuotaNames.
    std::map<std::size_t, std::uint32_t> quotas;
    /// @releaseDomain has told of its shutdown.
    bool shut_down = false;
    /// The log has told that it uses more memory than its soft limit.
    bool memory_told = false;
};

/// All that xenstored knows. What is to outlive the process changes only by `apply`, which checks
/// nothing: `check` does that for changes that nobody has checked.
struct State {
    explicit State(const Quotas& limits, std::optional<DomainId> trusted = std::nullopt);

    /// An Error: the change makes no sense in this state.
    Result<> check(const Change& change) const;
    void apply(const Change& change);

    Connection& open(DomainId domain);
    void close(Connection& connection);
    Connection* connection(ConnectionId id) const;
    Connection* ring_of(DomainId domain) const;
    const Domain* domain(DomainId id) const;

    Watch& add_watch(Connection& connection, std::string_view path, std::string_view token,
                     std::optional<std::uint32_t> depth);
    void remove_watch(Connection& connection, Watch* watch);
    void drop_watches_and_transactions(Connection& connection);
    /// The path of a watch, made absolute; it has a prefix if it was relative.
    static std::string absolute(DomainId domain, std::string_view path);

    /// The limits of a domain, its own and those of all.
    Quotas quotas_of(DomainId domain) const;
    /// The permissions of a node, or of @introduceDomain or @releaseDomain; nullptr if not there.
    const Ref<PermissionList>* permissions(const Tree& in, std::string_view path) const;

    TreeContext context;
    Tree tree;
    /// Of what was removed.
    Remains remains;
    Accounts accounts;
    Ref<PermissionList> introduce_permissions, release_permissions;
    Quotas quotas;
    std::map<DomainId, Domain> domains;
    std::vector<std::unique_ptr<Connection>> connections;
    WatchIndex watches;
    std::uint64_t watch_sequence = 0;
    std::optional<DomainId> also_privileged;

private:
    void carry_out(const WriteNode& change);
    void carry_out(const SetNodePermissions& change);
    void carry_out(const RemoveNode& change);
    void carry_out(const IntroduceDomain& change);
    void carry_out(const ForgetDomain& change);
    void carry_out(const SetDomainTarget& change);
    void carry_out(const SetDomainFeatures& change);
    void carry_out(const SetQuotaLimit& change);
    void carry_out(const AddWatch& change);
    void carry_out(const RemoveWatch& change);
    void carry_out(const OpenTransaction& change);
    void carry_out(const CloseTransaction& change);
    void carry_out(const ResetConnection& change);
    void carry_out(const RingInput& change);
    void carry_out(const RingOutput& change);
    void carry_out(const RingOutputStart& change);
    Domain& known(DomainId id);
};

}  // namespace zeroth::xenstored
