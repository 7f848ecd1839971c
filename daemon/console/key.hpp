// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "core/ids.hpp"
#include "libdomain/console/log_name.hpp"

namespace zeroth::daemon::console {

/// Which console of which domain.
struct Key {
    DomainId domain;
    zeroth::console::Kind kind = zeroth::console::Kind::kPv;
    std::uint32_t number = 0;

    friend auto operator<=>(const Key&, const Key&) = default;
    /// "the pv console 0 of domain 3"
    std::string text() const;
};

}  // namespace zeroth::daemon::console
