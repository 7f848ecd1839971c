// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tests/bench/xenstore/connection.hpp"

namespace zeroth::bench {

/// What a toolstack writes for a domain with a console, a disk and a network interface, between the
/// start and the end of its transaction, in the shape of libxl's: folders with their permissions,
/// and the nodes of a domain and of both ends of each device.
class DomainNodes {
public:
    explicit DomainNodes(std::size_t domain);

    /// With the transaction's start and end.
    static constexpr std::size_t kRequests = 124;

    std::size_t size() const { return requests_.size(); }
    void ask(Connection& connection, std::size_t request, std::uint32_t transaction) const;
    /// The folders that hold all of it.
    std::vector<std::string> roots() const;

private:
    struct Request {
        xs::MessageType type;
        std::string path;
        std::string argument;
    };

    void folder(const std::string& path, const std::string& permissions);
    void value(const std::string& path, const std::string& text);
    void folders();
    void values();
    void device(const std::string& kind);
    std::string backend(const std::string& kind) const;

    std::string id_;
    std::string domain_;
    std::string vm_;
    std::string libxl_;
    std::vector<Request> requests_;
};

}  // namespace zeroth::bench
