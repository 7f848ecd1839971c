// SPDX-License-Identifier: Apache-2.0
#include "xenstore/server/quotas.hpp"

#include <algorithm>

namespace zeroth::xenstored {

std::uint32_t* find_quota(Quotas& quotas, std::string_view name) {
    const auto found = std::ranges::find(kQuotaNames, name, &QuotaName::name);
    return found == kQuotaNames.end() ? nullptr : &(quotas.*found->limit);
}

}  // namespace zeroth::xenstored
