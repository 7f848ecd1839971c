// SPDX-License-Identifier: Apache-2.0
#include "hooks/vif_hotplug.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>

#include "hooks/vif_steps.hpp"

namespace zeroth::hooks {
namespace {

using std::chrono::milliseconds;

Error never_appeared(const VifRequest& request) {
    return Error::message(
               ETIMEDOUT,
               fmt::format("the network interface {} has not appeared: the kernel's backend "
                           "(xen-netback) has not made it",
                           request.device()))
        .with_hint("dom0's kernel log says why; `lsmod` shows whether xen_netback is loaded");
}

/// Nothing if there is no interface yet.
Result<std::optional<VifReady>> try_now(Network& network, const VifRequest& request) {
    ZEROTH_TRY(auto found, network.find(request.device()));
    if (!found) return std::nullopt;
    auto ready = configure(network, request, *found);
    if (ready) return *std::move(ready);
    [[maybe_unused]] const auto undone = unconfigure(network, request, *found);
    return fail(std::move(ready).error());
}

}  // namespace

std::string VifRequest::device() const { return fmt::format("vif{}.{}", domain.raw(), devid); }

Result<VifHotplug> VifHotplug::start(VifRequest request, Clock::time_point deadline) {
    ZEROTH_TRY(auto watch, LinkWatch::open());
    ZEROTH_TRY(auto network, Network::open());
    return VifHotplug{std::move(request), deadline, std::move(watch), std::move(network)};
}

Result<std::optional<VifReady>> VifHotplug::step() {
    watch_.clear();
    ZEROTH_TRY(auto ready, try_now(network_, request_));
    if (!ready && Clock::now() >= deadline_) return fail(never_appeared(request_));
    return ready;
}

Result<VifReady> bring_up(Network& network, VifRequest request, milliseconds limit) {
    // As a rule it is there by the time its backend's state is known: nothing to be watched for.
    ZEROTH_TRY(auto now, try_now(network, request));
    if (now) return *std::move(now);
    ZEROTH_TRY(auto hotplug,
               VifHotplug::start(std::move(request), VifHotplug::Clock::now() + limit));
    for (;;) {
        ZEROTH_TRY(auto ready, hotplug.step());
        if (ready) return *std::move(ready);
        const auto left =
            std::chrono::ceil<milliseconds>(hotplug.deadline() - VifHotplug::Clock::now());
        pollfd waiting{.fd = hotplug.fd(), .events = POLLIN, .revents = 0};
        ::poll(&waiting, 1, static_cast<int>(std::max<milliseconds::rep>(left.count(), 0)));
    }
}

}  // namespace zeroth::hooks
