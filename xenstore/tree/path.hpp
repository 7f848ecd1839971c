// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

#include "xenstore/tree/words.hpp"

namespace zeroth::xenstored {

/// The longest absolute path.
inline constexpr std::size_t kMaxPath = 3072;

/// Whether the path, absolute or relative, is made of the protocol's characters, has no empty
/// component and no slash at its end ("/" excepted).
bool valid_path(std::string_view path);
/// "@introduceDomain" and its like: no node, but something to watch.
inline bool special_path(std::string_view path) { return path.starts_with('@'); }
/// Of an absolute path; that of "/" is "/".
std::string_view parent_of(std::string_view path);

/// The components of an absolute path, one by one; none of "/".
class Components {
public:
    explicit Components(std::string_view path) : rest_{path} {}
    /// Whether there was another; it is in `name` then.
    bool next(std::string_view& name) {
        if (rest_.size() <= 1) return false;
        rest_.remove_prefix(1);
        const auto end = place_in(rest_, '/');
        name = rest_.substr(0, end);
        rest_.remove_prefix(end);
        return true;
    }

private:
    std::string_view rest_;
};

}  // namespace zeroth::xenstored
