// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/ids.hpp"
#include "xenstore/tree/permissions.hpp"
#include "xenstore/wire/message.hpp"

namespace zeroth::xenstored {

/// What the tree's rules are, in the plainest way: a map of paths.
class Model {
public:
    struct Node {
        std::string value;
        std::vector<Permission> permissions;
        unsigned made = 0;
    };

    Model();
    /// The reply as `describe` prints it; what it changed is added to `changed`.
    std::string ask(DomainId from, xs::MessageType type, const std::string& request,
                    std::vector<std::string>& changed);
    bool may_read(DomainId who, const std::string& path) const;
    bool has(const std::string& path) const { return nodes_.contains(path); }
    const Node* find(const std::string& path) const;

private:
    Access access(DomainId who, const std::string& path) const;
    /// "" or the error.
    std::string look(DomainId who, const std::string& path, Access need) const;
    void make(DomainId who, const std::string& path);
    std::string set_permissions(DomainId who, const std::string& path, const std::string& text);
    std::string list(const std::string& path) const;

    std::map<std::string, Node> nodes_;
    unsigned made_ = 0;
};

}  // namespace zeroth::xenstored
