// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/newcomers.hpp"

#include <algorithm>

#include "libdomain/hypervisor/hypervisor.hpp"

namespace zeroth::hyper {
namespace {

/// From this number on, a birth or a few later numbers may begin at 1 again.
constexpr std::uint16_t kNearTheEnd = 0x7000;
constexpr std::chrono::seconds kListAllEvery{10};

}  // namespace

Result<std::vector<DomainInfo>> Newcomers::take() {
    const auto now = Clock::now();
    const bool all = next_ == 0 || next_ >= kNearTheEnd || now - listed_all_ >= kListAllEvery;
    ZEROTH_TRY(auto infos, look(all ? 0 : next_));
    if (!all && lacks_some()) {
        ZEROTH_TRY(auto others, look(0));
        infos.insert(infos.end(), others.begin(), others.end());
    }
    return infos;
}

Result<std::vector<DomainInfo>> Newcomers::look(std::uint16_t from) {
    ZEROTH_TRY(auto infos, domains_from(xen_, DomainId{from}));
    Numbers seen;
    if (from != 0) seen = known_;
    std::uint16_t highest = 0, again = 0;
    std::erase_if(infos, [&](const DomainInfo& info) {
        const auto id = info.id.raw();
        if (info.dying || id >= kFirstReservedDomain) return true;
        seen.set(id);
        if (known_.test(id)) return true;
        // After the highest number comes the lowest that is free.
        auto& newest = id < next_ ? again : highest;
        newest = std::max(newest, id);
        return false;
    });
    known_ = seen;
    const bool around = again != 0 && next_ >= kNearTheEnd;
    if (around || highest != 0) next_ = static_cast<std::uint16_t>((around ? again : highest) + 1);
    found_ += infos.size();
    if (from == 0) {
        listed_all_ = Clock::now();
        found_ = expected_;
    }
    return infos;
}

void Newcomers::forget(DomainId domain) {
    known_.reset(domain.raw());
    next_ = std::min(next_, domain.raw());
}

}  // namespace zeroth::hyper
