// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <set>

#include "libdomain/hypervisor/hypervisor.hpp"
#include "xenstore/daemon/kernel_ring.hpp"
#include "xenstore/daemon/rings.hpp"
#include "xenstore/server/host.hpp"

namespace zeroth::xenstored {

/// A machine without Xen: any domain may be named and introduced, and none has a ring.
class NoXen final : public Host {
public:
    bool exists(DomainId domain) override { return domain.raw() < kFirstReservedDomain; }
    Result<> connect(DomainId, Port) override { return {}; }
    void reset(DomainId) override {}
    void disconnect(DomainId) override {}
};

/// What must be open before there is a XenHost.
struct XenDevices {
    std::unique_ptr<hyper::Privcmd> privcmd;
    std::unique_ptr<hyper::EventChannels> channels;
    std::unique_ptr<hyper::GrantTable> grants;
};

/// Domains as Xen knows them, and their rings.
class XenHost final : public Host {
public:
    static Result<std::unique_ptr<XenHost>> create(EventLoop& loop, XenDevices devices,
                                                   Trace& trace, KernelFiles kernel = {});

    bool exists(DomainId domain) override;
    Result<> connect(DomainId domain, Port port) override { return rings_->connect(domain, port); }
    void reset(DomainId domain) override { rings_->reset(domain); }
    void disconnect(DomainId domain) override { rings_->disconnect(domain); }

    /// To be told of domains that die from now on.
    Result<> watch_domains();
    /// After Store::recovered: rings go on, our own kernel's is connected, and those who died
    /// meanwhile are found.
    void recovered(Store& store);
    /// The first part of a turn: requests, and news about domains.
    void serve(Store& store);
    Rings& rings() { return *rings_; }

private:
    XenHost(XenDevices devices, hyper::Hypervisor xen, KernelFiles kernel)
        : devices_{std::move(devices)}, xen_{std::move(xen)}, kernel_{std::move(kernel)} {}

    Result<hyper::Mapping> map(DomainId domain);
    Result<> serve_kernel(Store& store);
    void look_at_domains(Store& store);

    XenDevices devices_;
    hyper::Hypervisor xen_;
    KernelFiles kernel_;
    std::unique_ptr<Rings> rings_;
    /// While the domains are looked at: all that live, so that Xen is not asked about each.
    std::optional<std::set<DomainId>> living_;
};

}  // namespace zeroth::xenstored
