// SPDX-License-Identifier: Apache-2.0
#include "libdomain/build/store_page.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "libdomain/hypervisor/abi/numbers.hpp"
#include "libdomain/hypervisor/abi/stable.hpp"
#include "libdomain/plan/layout.hpp"

namespace zeroth::build {
namespace {

using hyper::HvmParam;

/// What Xen gives as the page's frame while there is none (HVM_PARAM_STORE_PFN, params.h).
constexpr auto kNoPageYet = ~std::uint64_t{0};
/// xs_wire.h: the ring's connection, and what it says until xenstored has it.
constexpr std::size_t kConnection = 2068;
constexpr std::uint32_t kReconnect = 1;
/// grant_table.h: GNTTAB_RESERVED_XENSTORE.
constexpr GrantRef kStoreGrant{1};

Result<hyper::Mapping> map_page(const hyper::Hypervisor& xen, DomainId domain) {
    const std::array frames{plan::kStoreFrame};
    return xen.seam().map(domain, frames);
}

Result<> grant(const hyper::Hypervisor& xen, DomainId domain, GuestFrame frame,
               DomainId store_domain) {
    const std::array seeds{hyper::Hypervisor::GrantSeed{kStoreGrant, store_domain, frame}};
    return xen.seed_grants(domain, seeds);
}

/// A page more than Xen has given it, where the layout has its place.
Result<> populate(const hyper::Hypervisor& xen, const hyper::DomainInfo& domain) {
    const auto wanted = domain.tot_pages + 1;
    if (domain.max_pages < wanted) {
        ZEROTH_CHECK(xen.set_max_mem(domain.id, pages_to_kib(wanted)));
    }
    ZEROTH_TRY(const auto made, xen.populate_physmap(domain.id, plan::kStoreFrame, 1, 0));
    if (made == 1) return {};
    return fail(Error::message(ENOMEM, "Xen has no page for the domain's XenStore ring"));
}

/// Whether the page's place is granted already: we have been here before.
Result<bool> is_granted(const hyper::Hypervisor& xen, DomainId domain, DomainId store_domain) {
    ZEROTH_TRY(const auto table, xen.seam().map_resource(domain, xenabi::kResourceGrantTable,
                                                         xenabi::kGrantTableShared, 0, 1));
    xenabi::GrantEntry entry{};
    std::memcpy(&entry, table.bytes().subspan(kStoreGrant.raw() * sizeof entry).data(),
                sizeof entry);
    return (entry.flags & xenabi::kGrantPermitAccess) != 0 && entry.domid == store_domain.raw() &&
           entry.frame == plan::kStoreFrame.raw();
}

/// The domain does not know of the page yet, so that it may be cleared as often as need be.
Result<> prepare_page(const hyper::Hypervisor& xen, const hyper::DomainInfo& domain,
                      DomainId store_domain) {
    ZEROTH_TRY(const bool ours, is_granted(xen, domain.id, store_domain));
    auto page = map_page(xen, domain.id);
    if (page && !ours) {
        return fail(Error::message(EEXIST,
                                   "where the page of its XenStore ring belongs it has "
                                   "memory (is it mapped 1:1?)"));
    }
    ZEROTH_CHECK(grant(xen, domain.id, plan::kStoreFrame, store_domain));
    if (!page) {
        ZEROTH_CHECK(populate(xen, domain));
        page = map_page(xen, domain.id);
    }
    if (!page) return fail(std::move(page).error().within("the XenStore page"));
    const auto bytes = page->bytes();
    std::ranges::fill(bytes, std::byte{0});
    std::memcpy(bytes.subspan(kConnection).data(), &kReconnect, sizeof kReconnect);
    return {};
}

}  // namespace

Result<std::optional<StoreRing>> give_store_page(const hyper::Hypervisor& xen,
                                                 const hyper::DomainInfo& domain,
                                                 DomainId store_domain) {
    ZEROTH_TRY(const auto port, xen.get_param(domain.id, HvmParam::kStoreEvtchn));
    if (port == 0) return std::optional<StoreRing>{};
    ZEROTH_TRY(auto frame, xen.get_param(domain.id, HvmParam::kStorePfn));
    if (frame == 0 || frame == kNoPageYet) {
        frame = plan::kStoreFrame.raw();
        ZEROTH_CHECK(prepare_page(xen, domain, store_domain));
        ZEROTH_CHECK(xen.set_param(domain.id, HvmParam::kStorePfn, frame));
    } else {
        ZEROTH_CHECK(grant(xen, domain.id, GuestFrame{frame}, store_domain));
    }
    return StoreRing{GuestFrame{frame}, Port{static_cast<std::uint32_t>(port)}};
}

}  // namespace zeroth::build
