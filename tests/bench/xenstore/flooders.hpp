// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <string>
#include <vector>

namespace zeroth::bench {

/// Processes that ask for as much as the server will take, each in its own way: reads and writes in
/// one go, folders of many names, transactions, watches that fire, trees built and removed,
/// connections that come and go, and one that never reads a reply. They end with this object.
class Flooders {
public:
    static constexpr std::size_t kCount = 8;
    /// No request of theirs is smaller.
    static constexpr std::size_t kSmallestRequest = 24;

    /// Makes the nodes that they ask for first.
    explicit Flooders(const std::string& socket);
    Flooders(const Flooders&) = delete;
    Flooders& operator=(const Flooders&) = delete;
    ~Flooders();

private:
    std::vector<pid_t> processes_;
};

}  // namespace zeroth::bench
