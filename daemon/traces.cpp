// SPDX-License-Identifier: Apache-2.0
#include "daemon/traces.hpp"

#include <unistd.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "core/log.hpp"

namespace zeroth::daemon {
namespace {

namespace json = boost::json;

const std::vector<double> kStepTimes{0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5};

std::int64_t micros(std::chrono::steady_clock::duration time) {
    return std::chrono::duration_cast<std::chrono::microseconds>(time).count();
}

std::int64_t wall_ms() {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count();
}

/// `row` is the line of the picture that the event stands on.
json::object complete_event(const std::string& name, std::int64_t ts, std::int64_t dur,
                            std::uint64_t row, json::object args) {
    return {{"name", name}, {"cat", "create"},
            {"ph", "X"},    {"ts", ts},
            {"dur", dur},   {"pid", static_cast<std::int64_t>(::getpid())},
            {"tid", row},   {"args", std::move(args)}};
}

}  // namespace

Trace::Trace(std::uint64_t id, std::string name, Metrics& metrics)
    : id_{id},
      name_{std::move(name)},
      began_ms_{wall_ms()},
      began_{Clock::now()},
      metrics_{metrics} {
    step("plan", "look at the host, the kernel and the config, and plan");
}

void Trace::close_step(Clock::time_point now) {
    if (steps_.empty()) return;
    Step& step = steps_.back();
    step.to = now;
    log::debug("create {}: {:>7} us {}", name_, micros(step.to - step.from), step.kind);
    metrics_
        .histogram("xld_create_step_seconds", "How long each step of a create took.", kStepTimes,
                   {{"step", step.kind}})
        .observe(std::chrono::duration<double>(step.to - step.from).count());
}

void Trace::step(std::string kind, std::string what) {
    const std::lock_guard lock{mutex_};
    const auto now = Clock::now();
    close_step(now);
    steps_.push_back({std::move(kind), std::move(what), now, now});
}

void Trace::end(std::optional<DomainId> domain) {
    const std::lock_guard lock{mutex_};
    const auto now = Clock::now();
    close_step(now);
    ended_ = now;
    domain_ = domain;
}

api::TraceSummary Trace::summary() const {
    const std::lock_guard lock{mutex_};
    api::TraceSummary summary;
    summary.id = id_;
    summary.name = name_;
    summary.began_ms = began_ms_;
    summary.state = !ended_ ? "running" : domain_ ? "done" : "failed";
    summary.took_us = static_cast<std::uint64_t>(micros(ended_.value_or(Clock::now()) - began_));
    summary.steps = static_cast<std::uint32_t>(steps_.size());
    if (domain_) summary.domid = domain_->raw();
    return summary;
}

std::string Trace::json() const {
    const std::lock_guard lock{mutex_};
    const auto now = ended_.value_or(Clock::now());
    const std::int64_t begin_us = began_ms_ * 1000;
    json::array events;
    json::object whole{{"trace", id_}, {"domain", name_}};
    if (domain_) whole.emplace("domid", domain_->raw());
    events.push_back(
        complete_event("create " + name_, begin_us, micros(now - began_), id_, std::move(whole)));
    for (std::size_t i = 0; i < steps_.size(); ++i) {
        const Step& step = steps_[i];
        const bool open = !ended_ && i + 1 == steps_.size();
        events.push_back(complete_event(step.kind, begin_us + micros(step.from - began_),
                                        micros((open ? now : step.to) - step.from), id_,
                                        {{"what", step.what}, {"step", i}}));
    }
    return json::serialize(
        json::object{{"traceEvents", std::move(events)}, {"displayTimeUnit", "ms"}});
}

std::shared_ptr<Trace> Traces::begin(std::string name) {
    const std::lock_guard lock{mutex_};
    kept_.push_back(std::make_shared<Trace>(++newest_, std::move(name), metrics_));
    if (kept_.size() > kKept) kept_.pop_front();
    return kept_.back();
}

std::vector<api::TraceSummary> Traces::all() const {
    const std::lock_guard lock{mutex_};
    std::vector<api::TraceSummary> all;
    for (auto trace = kept_.rbegin(); trace != kept_.rend(); ++trace) {
        all.push_back((*trace)->summary());
    }
    return all;
}

std::shared_ptr<const Trace> Traces::find(std::uint64_t id) const {
    const std::lock_guard lock{mutex_};
    for (const auto& trace : kept_) {
        if (trace->id() == id) return trace;
    }
    return nullptr;
}

}  // namespace zeroth::daemon
