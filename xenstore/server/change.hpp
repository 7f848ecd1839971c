// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include "core/ids.hpp"
#include "core/result.hpp"
#include "xenstore/tree/permissions.hpp"

/// What xenstored remembers changes only through these. A request is checked, becomes changes, and
/// each is applied to the `State`; the journal holds the same changes, so that applying them again,
/// in order, gives the same state. Texts are views: they belong to whoever made the change.
namespace zeroth::xenstored {

/// Gives the node a value; makes it, and the ancestors it lacks, if it is not there. What is made
/// inherits the permissions of the nearest ancestor, with `owner` in place of its owner unless
/// that is nullopt (a privileged client made it).
struct WriteNode {
    std::string_view path, value;
    std::optional<DomainId> owner;
};
struct SetNodePermissions {
    std::string_view path;
    std::span<const Permission> permissions;
};
/// With all below it.
struct RemoveNode {
    std::string_view path;
};

/// The domain's ring is in use, by way of this event channel port of the domain's. Introducing it
/// again changes the port only.
struct IntroduceDomain {
    DomainId domain;
    GuestFrame ring;
    Port port;
};
/// Forgets the domain: its ring, watches, transactions, target, features and quotas. Its nodes are
/// removed by changes of their own.
struct ForgetDomain {
    DomainId domain;
};
/// `domain` may do what `target` may.
struct SetDomainTarget {
    DomainId domain, target;
};
struct SetDomainFeatures {
    DomainId domain;
    std::uint32_t features = 0;
};
/// nullopt: the limit of every domain that has none of its own.
struct SetQuotaLimit {
    std::optional<DomainId> domain;
    std::string_view name;
    std::uint32_t value = 0;
};

// The connection of a domain over its ring; those of socket clients end with the process.

struct AddWatch {
    DomainId domain;
    std::string_view path, token;
    std::optional<std::uint32_t> depth;
};
struct RemoveWatch {
    DomainId domain;
    std::string_view path, token;
};
/// Only that it is open: what a transaction saw is gone when the process is, so that one which
/// outlives it can but end with EAGAIN.
struct OpenTransaction {
    DomainId domain;
    std::uint32_t id = 0;
};
struct CloseTransaction {
    DomainId domain;
    std::uint32_t id = 0;
};
/// Drops the domain's watches and transactions, and what it was sent but has not got.
struct ResetConnection {
    DomainId domain;
};
/// Everything before `consumer` (the ring's free-running req_cons) has been dealt with, but for
/// `partial`: the beginning of a request whose end is not there yet.
struct RingInput {
    DomainId domain;
    std::uint32_t consumer = 0;
    std::string_view partial;
};
/// Bytes for the domain, after all it was sent before.
struct RingOutput {
    DomainId domain;
    std::string_view bytes;
};
/// Where the stream of RingOutput stands (the ring's free-running rsp_prod) before the next one.
struct RingOutputStart {
    DomainId domain;
    std::uint32_t producer = 0;
};

using Change = std::variant<WriteNode, SetNodePermissions, RemoveNode, IntroduceDomain,
                            ForgetDomain, SetDomainTarget, SetDomainFeatures, SetQuotaLimit,
                            AddWatch, RemoveWatch, OpenTransaction, CloseTransaction,
                            ResetConnection, RingInput, RingOutput, RingOutputStart>;

/// Takes the changes of one request, then is told that they belong together: after a crash, all of
/// them are found or none.
class ChangeSink {
public:
    virtual ~ChangeSink() = default;
    virtual void add(const Change& change) = 0;
    /// Nothing is said to any client of changes that have not been committed. An Error (ENOSPC):
    /// the record could not be kept; the server must stop rather than go on.
    virtual Result<> commit() = 0;
    /// What there must be room for. The less there is, the less goes on: nothing is added to the
    /// state any more (ENOSPC); then a ring is heard only until it has had its share, and then not
    /// at all (its requests and replies are recorded, whatever they are); then nothing is removed.
    /// What is left is for what nobody asked for, as the end of a domain.
    enum class Need : std::uint8_t { kAdd, kTalk, kShare, kRemove };
    /// Whether changes of about this many bytes can be kept.
    virtual bool has_room([[maybe_unused]] std::size_t bytes, [[maybe_unused]] Need need) {
        return true;
    }
};

}  // namespace zeroth::xenstored
