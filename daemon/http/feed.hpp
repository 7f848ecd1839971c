// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace zeroth::daemon::http {

/// A reply without an end, made piece by piece on the io thread: no worker waits for it, so there
/// may be many.
class Feed {
public:
    virtual ~Feed() = default;
    virtual std::string_view content_type() const = 0;
    /// More of the body; empty for nothing at the moment. It must not block.
    virtual std::string take() = 0;
    /// No more will come, once take() has nothing.
    virtual bool ended() const { return false; }
    /// Said where there was nothing for a while, so that both sides learn of a dead connection.
    virtual std::string heartbeat() = 0;
    /// `wake` is to be called, from any thread, when take() may have something again.
    virtual void subscribe(std::function<void()> wake) = 0;
};

}  // namespace zeroth::daemon::http
