// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/bench/xenstore/connection.hpp"
#include "tests/bench/xenstore/meter.hpp"

namespace zeroth::bench {

/// What one client does, over and over, one request at a time.
class Script {
public:
    virtual ~Script() = default;
    /// Gathers the next request.
    virtual void ask(Connection& connection) = 0;
    enum class Progress { kGoesOn, kOperationDone };
    virtual Progress answered(const Reply& reply) = 0;
};

using Scripts = std::vector<std::unique_ptr<Script>>;

/// Runs each script on a connection of its own, all from this thread, and reports the operations.
/// A short run before it is not counted.
void drive(std::string_view row, const Server& server, Clock::duration time,
           const Scripts& scripts);

/// Repeats READ (or whatever is asked) of one connection after the other of a list.
class Reads : public Script {
public:
    explicit Reads(std::vector<std::string> paths) : paths_{std::move(paths)} {}
    void ask(Connection& connection) override;
    Progress answered(const Reply& reply) override;

private:
    std::vector<std::string> paths_;
    std::size_t next_ = 0;
};

/// `count` nodes that look like a device's, written to the server: their paths.
std::vector<std::string> make_nodes(const Server& server, const std::string& folder,
                                    std::size_t count);

}  // namespace zeroth::bench
