// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "core/unique_fd.hpp"
#include "daemon/api/types.hpp"

namespace zeroth::daemon {

/// The kinds of events. A program may come to rely on them: they are only ever added to.
namespace event {
inline constexpr const char
    *kHostStarted = "host.xld-started",
    *kHostStopping = "host.xld-stopping", *kHostSettings = "host.settings-read",
    *kCreated = "domain.created",  // it runs, or waits paused
        *kCreateFailed = "domain.create-failed",
    *kAdopted = "domain.adopted",                              // found, made by somebody else
        *kAsked = "domain.shutdown-asked",                     // code: poweroff, reboot
            *kAcknowledged = "domain.shutdown-acknowledged",   // the guest has taken note
                *kUnanswered = "domain.shutdown-unanswered",   // it has not; withdrawn
                    *kShutdown = "domain.shutdown",            // code: poweroff, reboot, crash …
                        *kPolicy = "domain.policy",            // code: what is done about it
                            *kRestarted = "domain.restarted",  // a new life of the same domain
                                *kDamped = "domain.restart-damped",  // restarts too often: waits
                                    *kRestartFailed = "domain.restart-failed",  // is tried again
                                        *kDumped = "domain.core-dumped",
    *kDumpFailed = "domain.core-dump-failed", *kDestroyed = "domain.destroyed",
    *kPaused = "domain.paused", *kUnpaused = "domain.unpaused", *kRenamed = "domain.renamed",
    *kChanged = "domain.changed",  // code: memory, vcpus, config …
        *kConsoleAttached = "console.attached", *kConsoleDetached = "console.detached",
    *kConsoleDropped = "console.dropped";  // output lost to a bound
}  // namespace event

/// What happened, newest last: a bounded number in memory, and the same in a file that outlives
/// this process, so that ids go on and a reader can resume after a restart. Thread-safe.
class EventLog {
public:
    /// At least this many of the newest events are kept.
    static constexpr std::size_t kKept = 4096;

    /// An EventLog that cannot read or write its file works from memory alone, and says so in the
    /// log: events are worth less than guests.
    explicit EventLog(std::string path);

    /// Gives the event its id and, unless it has one, its time.
    void append(api::Event event);

    struct Page {
        std::vector<api::Event> events;
        /// Events after `after` are no longer kept: the reader has missed some.
        bool gap = false;
    };
    /// The events with ids above `after`, `most` of them at the most.
    Page since(std::uint64_t after, std::size_t most) const;
    /// The id of the newest event; 0 before the first.
    std::uint64_t newest() const;

    /// `wake` is called after each append, on the thread that appends: it should only post.
    class Subscription {
    public:
        Subscription(EventLog& log, std::uint64_t key) : log_{&log}, key_{key} {}
        Subscription(Subscription&& other) noexcept
            : log_{std::exchange(other.log_, nullptr)}, key_{other.key_} {}
        ~Subscription();

    private:
        EventLog* log_;
        std::uint64_t key_;
    };
    Subscription subscribe(std::function<void()> wake);

private:
    void load();
    void write(const std::string& line);
    void compact();

    std::string path_;
    mutable std::mutex mutex_;
    std::deque<api::Event> kept_;
    std::uint64_t newest_ = 0;
    UniqueFd file_;
    std::size_t lines_in_file_ = 0;
    std::map<std::uint64_t, std::function<void()>> readers_;
    std::uint64_t next_reader_ = 0;
};

}  // namespace zeroth::daemon
