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

Attach::Act Attach::done() {
    phase_ = Phase::kOver;
    return Act::kDone;
}

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
    const bool elsewhere = hotplug_ == Hotplug::kElsewhere;
    if ((phase_ == Phase::kHotplug && !elsewhere) || !is_up(seen.backend)) return Act::kWait;
    const bool set_up = elsewhere && !seen.hotplug_status.empty();
    if (hotplug_ == Hotplug::kNothing || set_up) return done();
    phase_ = Phase::kHotplug;
    return elsewhere ? Act::kWait : Act::kHotplug;
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
    if (phase_ == Phase::kHotplug && hotplug_ == Hotplug::kElsewhere) {
        remark_ = fmt::format(
            "the domain that serves it has not set it up within {} s: is `xl devd' running there?",
            seconds);
        return done();
    }
    if (phase_ == Phase::kHotplug)
        return fail(fmt::format("the hotplug did not end within {} s", seconds));
    return fail(fmt::format("no backend took it within {} s", seconds));
}

std::chrono::milliseconds Attach::patience() const {
    if (phase_ != Phase::kHotplug) return patience_.backend;
    return hotplug_ == Hotplug::kElsewhere ? patience_.elsewhere : patience_.hotplug;
}

}  // namespace zeroth::device
