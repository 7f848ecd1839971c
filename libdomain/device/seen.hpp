// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// A device's life in XenStore, as state machines without I/O (xen/include/public/io/xenbus.h).
namespace zeroth::device {

enum class BusState : std::uint8_t {
    /// No node, or something in it that is no state.
    kNone,
    kInitialising,
    kInitWait,
    kInitialised,
    kConnected,
    kClosing,
    kClosed,
    kReconfiguring,
    kReconfigured,
};

/// A state is one digit: whatever else a guest writes is none.
BusState parse_state(const std::optional<std::string>& text);
/// "4 (Connected)", "none".
std::string text(BusState state);

/// What XenStore says of a device. The frontend's state is the guest's to write, and nothing is
/// done because of it; the rest is dom0's.
struct Seen {
    BusState backend = BusState::kNone, frontend = BusState::kNone;
    std::string hotplug_status, hotplug_error;
    /// What the backend's driver complained of.
    std::string complaint;
};

/// "its backend is in state 2 (InitWait), its frontend in 1 (Initialising); ...": what there is to
/// know where a wait ends in vain.
std::string describe(const Seen& seen);

}  // namespace zeroth::device
