// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "core/unique_fd.hpp"
#include "daemon/api/types.hpp"

namespace zeroth::daemon {

/// The kinds of events. A program may come to rely on them: they are only ever added to.
namespace event {
using Kind = const char*;
inline constexpr Kind kHostStarted = "host.xld-started";
inline constexpr Kind kHostStopping = "host.xld-stopping";
inline constexpr Kind kHostSettings = "host.settings-read";
inline constexpr Kind kCreated = "domain.created";  // it runs, or waits paused
inline constexpr Kind kCreateFailed = "domain.create-failed";
inline constexpr Kind kAdopted = "domain.adopted";       // found, made by somebody else
inline constexpr Kind kAsked = "domain.shutdown-asked";  // code: poweroff, reboot
inline constexpr Kind kAcknowledged = "domain.shutdown-acknowledged";  // the guest has taken note
inline constexpr Kind kUnanswered = "domain.shutdown-unanswered";      // it has not; withdrawn
inline constexpr Kind kShutdown = "domain.shutdown";      // code: poweroff, reboot, crash …
inline constexpr Kind kPolicy = "domain.policy";          // code: what is done about it
inline constexpr Kind kRestarted = "domain.restarted";    // a new life of the same domain
inline constexpr Kind kDamped = "domain.restart-damped";  // restarts too often: waits
inline constexpr Kind kRestartFailed = "domain.restart-failed";  // is tried again
inline constexpr Kind kDumped = "domain.core-dumped";
inline constexpr Kind kDumpFailed = "domain.core-dump-failed";
inline constexpr Kind kDestroyed = "domain.destroyed";
inline constexpr Kind kPaused = "domain.paused";
inline constexpr Kind kUnpaused = "domain.unpaused";
inline constexpr Kind kRenamed = "domain.renamed";
inline constexpr Kind kChanged = "domain.changed";  // code: memory, vcpus, config, cpupool …
inline constexpr Kind kConsoleAttached = "console.attached";
inline constexpr Kind kConsoleDetached = "console.detached";
inline constexpr Kind kConsoleDropped = "console.dropped";  // output lost to a bound
}  // namespace event

/// What happened, newest last: a bounded number in memory, and the same in a file that outlives
/// this process, so that ids go on and a reader can resume after a restart. Where the file has
/// gone, as it does when the host boots, another log begins, of another name. Thread-safe.
class EventLog {
    /// Whom to wake.
    struct Readers {
        std::mutex mutex;
        std::map<std::uint64_t, std::function<void()>> wakes;
        std::uint64_t next = 0;
    };

public:
    /// At least this many of the newest events are kept.
    static constexpr std::size_t kKept = 4096;
    /// How long a file that could not be written to is left alone.
    static constexpr std::chrono::seconds kRetry{1};

    /// An EventLog that cannot read or write its file works from memory alone, and says so in the
    /// log: events are worth less than guests.
    explicit EventLog(std::string path);

    /// Eight hexadecimal digits, by which ids of this log are told from those of others.
    const std::string& name() const { return name_; }

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

    /// `wake` is called after each append, on the thread that appends: it should only post. A
    /// subscription may outlive the log.
    class Subscription {
    public:
        Subscription(std::shared_ptr<Readers> readers, std::uint64_t key)
            : readers_{std::move(readers)}, key_{key} {}
        Subscription(Subscription&&) noexcept = default;
        ~Subscription();

    private:
        std::shared_ptr<Readers> readers_;
        std::uint64_t key_;
    };
    Subscription subscribe(std::function<void()> wake);

private:
    void add(api::Event event);
    void load();
    void write(const std::string& line);
    bool compact();
    void give_up_file();

    std::string path_, name_;
    mutable std::mutex mutex_;
    std::deque<api::Event> kept_;
    std::uint64_t newest_ = 0;
    UniqueFd file_;
    std::size_t lines_in_file_ = 0;
    /// While there is no file: when to try again.
    std::chrono::steady_clock::time_point retry_at_;
    std::shared_ptr<Readers> readers_ = std::make_shared<Readers>();
};

}  // namespace zeroth::daemon
