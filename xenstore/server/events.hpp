// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "xenstore/server/state.hpp"

namespace zeroth::xenstored {

/// What happened to a node, for those who watch it.
struct NodeEvent {
    std::string_view path;
    /// Its permissions before, where they are not what they are now.
    Ref<PermissionList> before;
    /// What was there before and is no more, with all that was below.
    Ref<Node> removed;
};

/// Tells watches of events, and keeps who has got something to send.
class Events {
public:
    explicit Events(State& state) : state_{state} {}

    /// To all that watch the node and may read it or its parent, in the order the watches were
    /// made.
    void fire(const NodeEvent& event);
    /// "@introduceDomain" or "@releaseDomain", which these domains have caused.
    void fire_special(std::string_view name, std::span<const DomainId> domains);
    /// The one that tells a watch it is there.
    void fire_first(Watch& watch);

    /// What the connection may do with such a node.
    Access access(const Connection& connection, const PermissionList& list) const;
    void mark_ready(Connection& connection);
    std::vector<ConnectionId> take_ready();
    /// Rings whose output may have grown since this was last cleared.
    std::vector<ConnectionId>& rings() { return rings_; }

private:
    struct Told {
        Watch* watch;
        std::string_view path;
        const Node* node;
        const Node* parent;
    };
    void send(Watch& watch, std::string_view path);
    bool may_know(const Connection& connection, const Told& told, const NodeEvent& event) const;

    State& state_;
    std::vector<ConnectionId> ready_, rings_;
    std::vector<Watch*> watches_;
    std::vector<WatchIndex::Below> below_;
    std::vector<Told> told_;
};

}  // namespace zeroth::xenstored
