// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/ids.hpp"

namespace zeroth::plan {

/// What is only known once the domain exists.
struct NodeValues {
    DomainId domain;
    Port store_port, console_port, vuart_port;
    /// "seconds.centiseconds" since 1970.
    std::string start_time;
};

/// Text that stands for itself in a Node's path or value, whatever braces it has.
std::string literal(std::string_view text);

/// A Node's path or value with its `{domid}` and so on filled in; `{{` stands for `{`.
std::string fill_in(std::string_view text, const NodeValues& values);

}  // namespace zeroth::plan
