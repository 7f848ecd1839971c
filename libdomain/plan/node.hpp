// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace zeroth::plan {

/// Who a XenStore permission is for.
enum class Who { kDomain0, kGuest };
struct Permission {
    char letter = 'n';
    Who who = Who::kDomain0;
};
/// A node; path and value may hold `{domid}`, `{store_port}`, `{console_port}`, `{vuart_port}`,
/// `{start_time}`, and `{{` for a brace: `fill_in` of node_text.hpp makes the text of them.
struct Node {
    std::string path, value;
    std::vector<Permission> permissions;
};
}  // namespace zeroth::plan
