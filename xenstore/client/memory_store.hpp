// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "xenstore/client/store.hpp"

namespace zeroth::xs {

/// A XenStore inside this process: what xld keeps on a machine without Xen, and what tests look
/// into. It has nodes and permissions; nobody else can connect to it.
class MemoryStore final : public Store {
public:
    MemoryStore();

    Result<std::vector<std::optional<std::string>>> read(
        std::span<const std::string> paths) override;
    Result<std::vector<std::string>> directory(std::string_view path) override;
    Result<> apply(std::span<const Change> changes) override;
    Result<> introduce(DomainId domain, GuestFrame ring, Port port) override;
    /// Does not wait: a value is there or it is ETIMEDOUT.
    Result<std::string> wait_for_value(std::string_view path,
                                       std::chrono::milliseconds timeout) override;

    /// Every node as `xenstore-ls -fp` prints it, sorted by path.
    std::string dump() const;
    /// The n-th request from now (1 is the next) fails with this errno.
    void fail_request(unsigned n, int errno_value);

private:
    struct Node {
        std::string value;
        std::vector<Permission> permissions;
    };
    using Nodes = std::map<std::string, Node, std::less<>>;

    Result<> admit(std::string_view what);
    static Node& make(Nodes& nodes, const std::string& path);
    static Result<> carry_out(Nodes& nodes, const Change& change);

    mutable std::mutex mutex_;
    Nodes nodes_;
    unsigned fail_in_ = 0;
    int fail_with_ = 0;
};

}  // namespace zeroth::xs
