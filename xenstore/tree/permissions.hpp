// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/ids.hpp"

namespace zeroth::xenstored {

enum class Access : std::uint8_t { kNone = 0, kRead = 1, kWrite = 2, kBoth = 3 };

/// One entry of a node's permissions, "r5" on the wire. The first of a list names the owner, who
/// may do all, and says with its letter what domains may that no entry names.
struct Permission {
    DomainId domain;
    Access access = Access::kNone;

    friend bool operator==(const Permission&, const Permission&) = default;
};

/// nullopt: no letter of n, r, w, b followed by digits up to 65535 and nothing else.
std::optional<Permission> parse_permission(std::string_view text);
void append_text(const Permission& permission, std::string& out);

}  // namespace zeroth::xenstored
