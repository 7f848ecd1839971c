// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/strong.hpp"
#include "xenstore/tree/node.hpp"
#include "xenstore/tree/words.hpp"

namespace zeroth::xenstored {

using ConnectionId = Strong<struct ConnectionIdTag, std::uint32_t>;

struct Watch {
    ConnectionId connection;
    /// Grows from one watch made to the next.
    std::uint64_t sequence = 0;
    /// How far below it a node may lie; nullopt is any distance.
    std::optional<std::uint32_t> depth;
    /// Bytes to take off an event's path, for a watch that was made with a relative one.
    std::uint16_t prefix = 0;
    std::uint16_t path_size = 0;
    /// Absolute or special path, then the token.
    std::string text;

    std::string_view path() const { return std::string_view{text}.substr(0, path_size); }
    std::string_view token() const { return std::string_view{text}.substr(path_size); }
};

/// Watches by path: who is told of a change is found on the way to the node, whatever the number
/// of other watches.
class WatchIndex {
public:
    void add(Watch* watch);
    void remove(Watch* watch);
    /// The connection's watch of this path and token.
    Watch* find(ConnectionId connection, std::string_view path, std::string_view token) const;

    /// Appends those of the node and of its ancestors, within their depth.
    void collect(std::string_view path, std::vector<Watch*>& out) const;
    /// Appends those of nodes that lie below `path` and are in `removed`, each with its node and
    /// that node's parent.
    struct Below {
        Watch* watch;
        const Node* node;
        const Node* parent;
    };
    void collect_below(std::string_view path, const Node& removed, std::vector<Below>& out) const;

private:
    struct Level {
        std::vector<Watch*> watches;
        std::unordered_map<std::string, std::unique_ptr<Level>, TextHash, SameText> below;
    };

    static void collect_in(const Level& level, const Node& node, std::vector<Below>& out);
    const Level& top(std::string_view path) const;
    const Level* level(std::string_view path) const;

    Level nodes_, specials_;
};

}  // namespace zeroth::xenstored
