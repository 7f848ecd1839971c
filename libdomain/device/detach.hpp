// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "libdomain/device/seen.hpp"

namespace zeroth::device {

/// A device on its way out. The backend's driver lets go of it when the frontend has closed, or is
/// gone; then dom0 undoes what the hotplug did, and the nodes go.
class Detach {
public:
    enum class Manner {
        /// The guest is asked, and has to agree.
        kAsk,
        /// The guest is asked; if it does not answer in time its end is taken away.
        kForce,
        /// The guest is at its end: nobody is asked.
        kTakeAway,
    };
    enum class Hotplug {
        /// The kernel undoes it all when the device goes.
        kNothing,
        /// There is something to run.
        kRun,
        /// The domain that serves it has to undo it, and removes the backend's nodes after that.
        kElsewhere,
    };
    enum class Act {
        kWait,
        /// Write the backend's online = 0 and state = 5.
        kAsk,
        /// The same, and remove the frontend's nodes.
        kTakeAway,
        /// Undo the hotplug, and say how that ended.
        kHotplug,
        /// Remove all nodes; then it is done.
        kRemoveNodes,
        /// failure() says why; the device is still there.
        kFail,
    };
    struct Patience {
        std::chrono::milliseconds frontend = std::chrono::seconds{10};
        /// For a backend whose frontend was taken away: it waits for nobody.
        std::chrono::milliseconds backend = std::chrono::seconds{5};
        std::chrono::milliseconds hotplug = std::chrono::seconds{40};
        /// It may be that nobody does it there.
        std::chrono::milliseconds elsewhere = std::chrono::seconds{10};
    };

    Detach(Manner manner, Hotplug hotplug, Patience patience)
        : manner_{manner}, hotplug_{hotplug}, patience_{patience} {}
    Detach(Manner manner, Hotplug hotplug) : Detach{manner, hotplug, Patience{}} {}

    /// With what XenStore says before anything is done.
    Act begin(const Seen& seen);
    Act seen(const Seen& seen);
    Act hotplug_ended(std::string trouble);
    Act timed_out();

    std::chrono::milliseconds patience() const;
    const std::string& failure() const { return failure_; }
    /// What did not go well on the way though the device is gone; empty where all did.
    const std::string& remark() const { return remark_; }

private:
    enum class Phase { kFrontend, kBackend, kHotplug, kOver };
    Act closed();
    Act over();

    Manner manner_;
    Hotplug hotplug_;
    Patience patience_;
    Phase phase_ = Phase::kFrontend;
    Seen last_;
    /// No driver had it: nobody will ever close it.
    bool unserved_ = false;
    std::string failure_, remark_;
};

}  // namespace zeroth::device
