// SPDX-License-Identifier: Apache-2.0
#include "daemon/devices_under_way.hpp"

#include "core/log.hpp"
#include "daemon/devices/backends.hpp"
#include "daemon/devices/take_down.hpp"

namespace zeroth::daemon {

build::DeviceWork Service::DevicesUnderWay::work() {
    build::DeviceWork work;
    work.attach = [this](DomainId domain, const plan::Device& device) {
        return attach(domain, device);
    };
    work.start = [this](DomainId) { return bring_up_->start(); };
    work.wait = [this](DomainId) { return bring_up_->wait(cancelled_); };
    work.take_down = [this](DomainId domain) -> Result<> {
        bring_up_.reset();
        service_.take_devices_down(domain);
        return {};
    };
    return work;
}

Result<> Service::DevicesUnderWay::attach(DomainId domain, const plan::Device& device) {
    if (!bring_up_) {
        ZEROTH_TRY(auto watcher, devices::Watcher::open());
        bring_up_ =
            std::make_unique<devices::BringUp>(service_.dom0_, store_, std::move(watcher), domain);
    }
    return bring_up_->begin(device);
}

/// Whatever happens, the domain's end goes on: what could not be done is in the log.
void Service::take_devices_down(DomainId id) {
    const auto work = [&]() -> Result<> {
        ZEROTH_TRY(auto store, stores_.lease());
        ZEROTH_TRY(const auto found, devices::backends_of(*store, id));
        if (found.empty()) return {};
        ZEROTH_TRY(const auto remarks,
                   devices::take_down(dom0_, *store, found, device::Detach::Manner::kTakeAway));
        for (const auto& remark : remarks) log::warning("domain {}: {}", id.raw(), remark);
        return {};
    };
    if (const auto done = work(); !done)
        log::warning("domain {}: its devices: {}", id.raw(), done.error().text());
}

}  // namespace zeroth::daemon
