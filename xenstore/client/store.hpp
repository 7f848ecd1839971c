// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/ids.hpp"
#include "core/result.hpp"

namespace zeroth::xs {

/// One entry of a node's permissions: letter n, r, w or b, and for whom. The first names the owner.
struct Permission {
    char letter = 'n';
    DomainId domain;

    std::string text() const;
    /// nullopt: no letter of n, r, w, b followed by a domain's number and nothing else.
    static std::optional<Permission> parse(std::string_view text);
    friend bool operator==(const Permission&, const Permission&) = default;
};

struct Write {
    std::string path, value;
};
struct SetPermissions {
    std::string path;
    std::vector<Permission> permissions;
};
/// Removing what is not there is no error.
struct Remove {
    std::string path;
};
/// Removes a node that has neither children nor a value, once all other changes are made: what is
/// left of a folder when its last device has gone.
struct Prune {
    std::string path;
};
using Change = std::variant<Write, SetPermissions, Remove, Prune>;

/// A XenStore to ask and to change. Errors name the request and the path.
class Store {
public:
    virtual ~Store() = default;

    /// The nodes' values, or nullopt for those that are not there; one send for all.
    virtual Result<std::vector<std::optional<std::string>>> read(
        std::span<const std::string> paths) = 0;
    /// The names below a node; none when the node is not there.
    virtual Result<std::vector<std::string>> directory(std::string_view path) = 0;
    /// All changes or none, in one transaction, tried again while others interfere.
    virtual Result<> apply(std::span<const Change> changes) = 0;

    virtual Result<> introduce(DomainId domain, GuestFrame ring, Port port) = 0;

    /// Waits until the node has a value that is not empty, and gives it; ETIMEDOUT after `timeout`.
    virtual Result<std::string> wait_for_value(std::string_view path,
                                               std::chrono::milliseconds timeout) = 0;

    Result<std::optional<std::string>> read_one(std::string path);
};

}  // namespace zeroth::xs
