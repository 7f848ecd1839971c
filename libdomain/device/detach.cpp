// SPDX-License-Identifier: Apache-2.0
#include "libdomain/device/detach.hpp"

#include <fmt/format.h>

namespace zeroth::device {

Detach::Act Detach::begin(const Seen& seen) {
    last_ = seen;
    unserved_ = seen.backend == BusState::kNone || seen.backend == BusState::kInitialising ||
                seen.backend == BusState::kClosed;
    if (manner_ == Manner::kTakeAway) {
        phase_ = Phase::kBackend;
        return Act::kTakeAway;
    }
    return Act::kAsk;
}

Detach::Act Detach::closed() {
    if (hotplug_ == Hotplug::kNothing) return over();
    const bool set_up = last_.backend != BusState::kNone && !last_.hotplug_status.empty();
    if (hotplug_ == Hotplug::kElsewhere && !set_up) return over();
    phase_ = Phase::kHotplug;
    return hotplug_ == Hotplug::kRun ? Act::kHotplug : Act::kWait;
}

Detach::Act Detach::over() {
    phase_ = Phase::kOver;
    return Act::kRemoveNodes;
}

/// The backend's state alone counts: what the frontend says of itself is no acknowledgement.
Detach::Act Detach::seen(const Seen& seen) {
    last_ = seen;
    const bool undone = hotplug_ == Hotplug::kElsewhere && seen.backend == BusState::kNone;
    if (phase_ == Phase::kHotplug && undone) return over();
    if (phase_ == Phase::kHotplug || phase_ == Phase::kOver) return Act::kWait;
    const bool gone =
        unserved_ || seen.backend == BusState::kClosed || seen.backend == BusState::kNone;
    return gone ? closed() : Act::kWait;
}

Detach::Act Detach::hotplug_ended(std::string trouble) {
    if (phase_ != Phase::kHotplug) return Act::kWait;
    remark_ = std::move(trouble);
    return over();
}

Detach::Act Detach::timed_out() {
    const auto seconds = std::chrono::duration<double>{patience()}.count();
    switch (phase_) {
        case Phase::kFrontend:
            if (manner_ == Manner::kForce) {
                phase_ = Phase::kBackend;
                return Act::kTakeAway;
            }
            phase_ = Phase::kOver;
            failure_ = fmt::format("the guest did not let go of it within {} s: {}", seconds,
                                   describe(last_));
            return Act::kFail;
        case Phase::kBackend:
            remark_ =
                fmt::format("its backend did not close within {} s: {}", seconds, describe(last_));
            return closed();
        case Phase::kHotplug:
            remark_ = hotplug_ == Hotplug::kElsewhere
                          ? fmt::format(
                                "the domain that served it has not undone its hotplug "
                                "within {} s: is `xl devd' running there?",
                                seconds)
                          : fmt::format("undoing its hotplug took more than {} s", seconds);
            return over();
        case Phase::kOver:
            break;
    }
    return Act::kWait;
}

std::chrono::milliseconds Detach::patience() const {
    switch (phase_) {
        case Phase::kFrontend:
            return patience_.frontend;
        case Phase::kBackend:
            return patience_.backend;
        case Phase::kHotplug:
        case Phase::kOver:
            break;
    }
    return hotplug_ == Hotplug::kElsewhere ? patience_.elsewhere : patience_.hotplug;
}

}  // namespace zeroth::device
