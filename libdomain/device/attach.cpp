// SPDX-License-Identifier: Apache-2.0
#include "libdomain/device/attach.hpp"

#include <fmt/format.h>

namespace zeroth::device {
namespace {

/// The backend's driver has found the device, and not closed it.
bool is_up(BusState state) {
    return state == BusState::kInitWait || state == BusState::kInitialised ||
           state == BusState::kConnected || state == BusState::kReconfiguring ||
           state == BusState::kReconfigured;
}

bool is_down(BusState state) { return state == BusState::kClosing || state == BusState::kClosed; }

}  // namespace

Attach::Act Attach::fail(std::string why) {
    phase_ = Phase::kOver;
    failure_ = fmt::format("{}: {}", why, describe(last_));
    return Act::kFail;
}

Attach::Act Attach::seen(const Seen& seen) {
    last_ = seen;
    if (phase_ == Phase::kOver) return Act::kWait;
    if (seen.hotplug_status == "error") return fail("the hotplug failed");
    if (is_down(seen.backend)) return fail("its backend gave it up");
    if (seen.backend == BusState::kNone && was_there_) return fail("its backend is gone");
    was_there_ = was_there_ || seen.backend != BusState::kNone;
    if (phase_ == Phase::kHotplug || !is_up(seen.backend)) return Act::kWait;
    if (hotplug_ == Hotplug::kNothing) {
        phase_ = Phase::kOver;
        return Act::kDone;
    }
    phase_ = Phase::kHotplug;
    return Act::kHotplug;
}

Attach::Act Attach::hotplug_ended(std::string trouble) {
    if (phase_ != Phase::kHotplug) return Act::kWait;
    if (!trouble.empty()) return fail(std::move(trouble));
    phase_ = Phase::kOver;
    return hotplug_ == Hotplug::kBuiltIn ? Act::kWriteConnected : Act::kDone;
}

Attach::Act Attach::timed_out() {
    if (phase_ == Phase::kOver) return Act::kWait;
    const auto seconds = std::chrono::duration<double>{patience()}.count();
    if (phase_ == Phase::kHotplug)
        return fail(fmt::format("the hotplug did not end within {} s", seconds));
    return fail(fmt::format("no backend took it within {} s", seconds));
}

std::chrono::milliseconds Attach::patience() const {
    return phase_ == Phase::kHotplug ? patience_.hotplug : patience_.backend;
}

const char* Attach::doing() const {
    return phase_ == Phase::kHotplug ? "waiting for its hotplug" : "waiting for its backend";
}

}  // namespace zeroth::device
