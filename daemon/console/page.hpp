// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>

#include "core/ids.hpp"
#include "core/result.hpp"
#include "libdomain/hypervisor/privcmd.hpp"

namespace zeroth::daemon::console {

/// A console's page, which need not be mapped all the time: a mapped one takes a page of domain 0's
/// own memory, and what its kernel notes of it.
class Page {
public:
    /// Where it is: the grant is tried first.
    struct Place {
        DomainId domain;
        std::optional<GrantRef> grant;
        std::optional<GuestFrame> frame;
    };
    /// Mapped. `seam` and `grants` outlive it.
    static Result<Page> map(hyper::Privcmd& seam, hyper::GrantTable& grants, const Place& place);

    bool is_mapped() const { return mapping_.has_value(); }
    /// Empty while it is not mapped.
    std::span<std::byte> bytes() const;
    Result<> map();
    void unmap() { mapping_.reset(); }

private:
    Page(hyper::Privcmd& seam, hyper::GrantTable& grants, const Place& place)
        : seam_{&seam}, grants_{&grants}, place_{place} {}

    hyper::Privcmd* seam_;
    hyper::GrantTable* grants_;
    Place place_;
    std::optional<hyper::Mapping> mapping_;
};

}  // namespace zeroth::daemon::console
