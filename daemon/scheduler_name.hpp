// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace zeroth::daemon {

/// XEN_SCHEDULER_* (xen/include/public/domctl.h) in the words that `xl` prints.
constexpr const char* scheduler_name(std::uint32_t id) {
    switch (id) {
        case 5:
            return "credit";
        case 6:
            return "credit2";
        case 7:
            return "arinc653";
        case 8:
            return "rtds";
        case 9:
            return "null";
        default:
            return "unknown";
    }
}

}  // namespace zeroth::daemon
