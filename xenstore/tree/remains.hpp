// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <vector>

#include "xenstore/tree/node.hpp"

namespace zeroth::xenstored {

/// What was taken out of a tree and is to be freed, a little at a time: a hundred thousand nodes
/// take longer than a client likes to wait.
class Remains {
public:
    Remains() = default;
    Remains(const Remains&) = delete;
    Remains& operator=(const Remains&) = delete;
    ~Remains();

    /// The node, with the `nodes` that there are of it and below it. What a snapshot has as well is
    /// kept until that is gone, so that its end takes no time either.
    void bury(Ref<Node> top, std::size_t nodes);
    /// Frees some hundred nodes; more, where so many wait that they would only become more. Whether
    /// there is more to free now.
    bool decay();
    /// That wait, for a snapshot's end or to be freed.
    std::size_t nodes() const { return buried_nodes_ + dying_nodes_; }

private:
    struct Grave {
        Ref<Node> top;
        std::size_t nodes;
    };
    void open_graves();
    std::size_t free_next();

    std::deque<Grave> buried_;
    std::size_t buried_nodes_ = 0;
    /// A way down, and what has children of its own beside it.
    std::vector<Ref<Node>> dying_;
    std::size_t dying_nodes_ = 0;
};

}  // namespace zeroth::xenstored
