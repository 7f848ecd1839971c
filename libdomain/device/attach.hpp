// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "libdomain/device/seen.hpp"

namespace zeroth::device {

/// How long each wait may take; the reference's.
struct Patience {
    std::chrono::milliseconds backend = std::chrono::seconds{10};
    std::chrono::milliseconds hotplug = std::chrono::seconds{40};
    /// It may be that nobody does it there; the reference does not wait at all.
    std::chrono::milliseconds elsewhere = std::chrono::seconds{5};
};

/// The device's nodes are written: what is to be done, and waited for, until the guest may use it.
/// Each input is answered with what is to be done next; what was asked for once is not asked for
/// again.
class Attach {
public:
    enum class Hotplug {
        /// Ours: done at once when the backend is there; then the status is ours to write.
        kBuiltIn,
        /// A script, which writes the status itself.
        kScript,
        /// The affair of the domain that serves it, which writes the status. A guest gets its
        /// device all the same where nobody does: `remark()` tells.
        kElsewhere,
        /// Done before the nodes were written, or none of dom0's business.
        kNothing,
    };
    enum class Act {
        /// Nothing: look again when XenStore changes, or when patience ends.
        kWait,
        /// Do the hotplug, and say how it ended.
        kHotplug,
        /// Write hotplug-status = connected; then it is done.
        kWriteConnected,
        kDone,
        /// failure() says why.
        kFail,
    };

    explicit Attach(Hotplug hotplug, Patience patience = {})
        : hotplug_{hotplug}, patience_{patience} {}

    Act seen(const Seen& seen);
    /// The hotplug ended; `trouble` is empty where it ended well.
    Act hotplug_ended(std::string trouble);
    Act timed_out();

    /// Of the present wait, from its beginning.
    std::chrono::milliseconds patience() const;
    const std::string& failure() const { return failure_; }
    /// What is odd though it is done; empty where nothing is.
    const std::string& remark() const { return remark_; }

private:
    enum class Phase { kBackend, kHotplug, kOver };
    Act done();
    Act fail(std::string why);

    Hotplug hotplug_;
    Patience patience_;
    Phase phase_ = Phase::kBackend;
    Seen last_;
    /// A backend that was there and is no more has failed.
    bool was_there_ = false;
    std::string failure_, remark_;
};

}  // namespace zeroth::device
