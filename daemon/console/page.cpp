// SPDX-License-Identifier: Apache-2.0
#include "daemon/console/page.hpp"

#include <cerrno>

#include "core/log.hpp"

namespace zeroth::daemon::console {

Result<Page> Page::map(hyper::Privcmd& seam, hyper::GrantTable& grants, const Place& place) {
    Page page{seam, grants, place};
    ZEROTH_CHECK(page.map());
    return page;
}

std::span<std::byte> Page::bytes() const {
    return mapping_ ? mapping_->bytes() : std::span<std::byte>{};
}

Result<> Page::map() {
    const auto domain = place_.domain;
    if (place_.grant) {
        auto mapped = grants_->map(domain, *place_.grant);
        if (mapped) {
            mapping_ = *std::move(mapped);
            return {};
        }
        if (!place_.frame) return fail(std::move(mapped).error());
        log::debug("a console of domain {}: {}", domain.raw(), mapped.error().text());
    }
    if (!place_.frame) return fail(EINVAL, "its ring is nowhere");
    const GuestFrame frame = *place_.frame;
    ZEROTH_TRY(mapping_, seam_->map(domain, {&frame, 1}));
    return {};
}

}  // namespace zeroth::daemon::console
