// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "daemon/devices/bring_up.hpp"
#include "daemon/service.hpp"
#include "libdomain/build/execute.hpp"

namespace zeroth::daemon {

/// The devices of a domain that is being made.
class Service::DevicesUnderWay {
public:
    DevicesUnderWay(Service& service, xs::Store& store, devices::Cancelled cancelled)
        : service_{service}, store_{store}, cancelled_{std::move(cancelled)} {}

    /// For a build, which this outlives.
    build::DeviceWork work();
    /// What is odd of those that have come up.
    std::vector<std::string> remarks() const {
        return bring_up_ ? bring_up_->remarks() : std::vector<std::string>{};
    }

private:
    Result<> attach(DomainId domain, const plan::Device& device);

    Service& service_;
    xs::Store& store_;
    devices::Cancelled cancelled_;
    /// Made with the first device.
    std::unique_ptr<devices::BringUp> bring_up_;
};

}  // namespace zeroth::daemon
