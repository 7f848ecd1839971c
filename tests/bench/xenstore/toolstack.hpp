// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "tests/bench/xenstore/domain_nodes.hpp"
#include "tests/bench/xenstore/scenarios.hpp"

namespace zeroth::bench {

/// Creates and removes the nodes of domains, from the first on.
class Toolstack {
public:
    enum class Style { kOneByOne, kPipelined };

    explicit Toolstack(const Load& load) : load_{load} {}

    std::size_t domains() const { return domains_; }
    /// Until there are `last`, or until `time` has passed.
    void create(Style style, std::size_t last, Meter& meter,
                Clock::duration time = Clock::duration::max());
    void remove(std::size_t last, Meter& meter);
    /// All of them at once.
    void clear();

private:
    void create_one(const DomainNodes& nodes, Style style);
    void remove_folder(std::string_view path);

    const Load& load_;
    Connection connection_{load_.server.socket};
    std::size_t domains_ = 0;
};

}  // namespace zeroth::bench
