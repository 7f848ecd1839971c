// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/ids.hpp"
#include "daemon/api/types.hpp"
#include "daemon/metrics.hpp"

namespace zeroth::daemon {

/// Where the time of one create went, step by step. One thread writes; others may read meanwhile.
class Trace {
public:
    using Clock = std::chrono::steady_clock;

    Trace(std::uint64_t id, std::string name, Metrics& metrics);

    /// Ends the step before it and begins this one. `kind` is one of a few words, `what` the whole
    /// story.
    void step(std::string kind, std::string what);
    void end(std::optional<DomainId> domain);

    std::uint64_t id() const { return id_; }
    api::TraceSummary summary() const;
    /// Chrome's trace event format, which Perfetto and chrome://tracing show: complete events
    /// ("ph": "X"), times in microseconds.
    std::string json() const;

private:
    struct Step {
        std::string kind, what;
        Clock::time_point from, to;
    };
    void close_step(Clock::time_point now);

    const std::uint64_t id_;
    const std::string name_;
    const std::int64_t began_ms_;
    const Clock::time_point began_;
    Metrics& metrics_;
    mutable std::mutex mutex_;
    std::vector<Step> steps_;
    std::optional<Clock::time_point> ended_;
    std::optional<DomainId> domain_;
};

/// The newest creates' traces.
class Traces {
public:
    static constexpr std::size_t kKept = 64;

    explicit Traces(Metrics& metrics) : metrics_{metrics} {}

    std::shared_ptr<Trace> begin(std::string name);
    /// Newest first.
    std::vector<api::TraceSummary> all() const;
    /// nullptr: no longer kept, or never was.
    std::shared_ptr<const Trace> find(std::uint64_t id) const;

private:
    Metrics& metrics_;
    mutable std::mutex mutex_;
    std::deque<std::shared_ptr<Trace>> kept_;
    std::uint64_t newest_ = 0;
};

}  // namespace zeroth::daemon
