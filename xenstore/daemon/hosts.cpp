// SPDX-License-Identifier: Apache-2.0
#include "xenstore/daemon/hosts.hpp"

#include <utility>
#include <vector>

#include "core/log.hpp"

namespace zeroth::xenstored {
namespace {

/// Told when a domain shuts down or is gone (xen/include/public/xen.h).
constexpr std::uint32_t kVirqDomExc = 3;
/// Reserved by Xen for the ring (xen/include/public/grant_table.h).
constexpr GrantRef kStoreGrant{1};

}  // namespace

Result<std::unique_ptr<XenHost>> XenHost::create(EventLoop& loop, XenDevices devices, Trace& trace,
                                                 KernelFiles kernel) {
    ZEROTH_TRY(auto xen, hyper::Hypervisor::open(*devices.privcmd));
    std::unique_ptr<XenHost> host{
        new XenHost{std::move(devices), std::move(xen), std::move(kernel)}};
    const auto map = [self = host.get()](DomainId domain) { return self->map(domain); };
    ZEROTH_TRY(host->rings_, Rings::create(loop, *host->devices_.channels, map, trace));
    return host;
}

bool XenHost::exists(DomainId domain) {
    if (domain == kDomain0) return true;
    if (living_) return living_->contains(domain);
    const auto info = xen_.domain(domain);
    return info && !info->dying;
}

Result<hyper::Mapping> XenHost::map(DomainId domain) {
    if (domain == kDomain0) return map_kernel_page(kernel_);
    auto granted = devices_.grants->map(domain, kStoreGrant);
    if (granted) return granted;
    // A kernel that begins its grant table anew takes Xen's grants out of it, and keeps the page.
    const auto number = xen_.get_param(domain, hyper::HvmParam::kStorePfn);
    if (!number || *number == 0) return granted;
    const GuestFrame frame{*number};
    auto mapped = devices_.privcmd->map(domain, {&frame, 1});
    if (!mapped) log::debug("{}", mapped.error().text());
    return mapped ? std::move(mapped) : std::move(granted);
}

Result<> XenHost::watch_domains() { return rings_->bind_virq(kVirqDomExc); }

void XenHost::recovered(Store& store) {
    rings_->recovered(store);
    if (const auto served = serve_kernel(store); !served)
        log::warning("this domain's kernel is not served: {}", served.error().text());
    look_at_domains(store);
}

Result<> XenHost::serve_kernel(Store& store) {
    if (kernel_.port.empty()) {
        if (!store.ring(kDomain0)) store.introduce_kernel(Port{});
        return {};
    }
    ZEROTH_TRY(const auto port, kernel_port(kernel_));
    if (!rings_->connected(kDomain0)) ZEROTH_CHECK(rings_->connect(kDomain0, port));
    store.introduce_kernel(port);
    return {};
}

void XenHost::serve(Store& store) {
    rings_->serve(store);
    if (rings_->take_global()) look_at_domains(store);
}

void XenHost::look_at_domains(Store& store) {
    const auto domains = xen_.domains();
    if (!domains) return log::warning("{}", domains.error().text());
    std::set<DomainId> living;
    std::vector<DomainId> shut_down;
    for (const auto& domain : *domains) {
        if (!domain.dying) living.insert(domain.id);
        if (domain.shutdown) shut_down.push_back(domain.id);
    }
    living_ = std::move(living);
    store.domains_changed(shut_down);
    living_.reset();
}

}  // namespace zeroth::xenstored
