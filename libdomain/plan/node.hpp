// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/ids.hpp"

namespace zeroth::plan {

/// Who a XenStore permission is for.
enum class Who { kHost, kGuest };
struct Permission {
    char letter = 'n';
    Who who = Who::kHost;
    /// The host's is domain 0, or the domain that has a device's backend.
    DomainId host = kDomain0;

    friend bool operator==(const Permission&, const Permission&) = default;
};
/// "n0", "r{domid}": as `xenstore-ls -p` prints it.
std::string text(const Permission& permission);

/// A node; path and value may hold `{domid}`, `{store_port}`, `{console_port}`, `{vuart_port}`,
/// `{start_time}`, and `{{` for a brace: `fill_in` of node_text.hpp makes the text of them.
struct Node {
    std::string path, value;
    std::vector<Permission> permissions;
};
}  // namespace zeroth::plan
