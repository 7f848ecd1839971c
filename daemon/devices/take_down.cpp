// SPDX-License-Identifier: Apache-2.0
#include "daemon/devices/take_down.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <span>

#include "daemon/devices/backends.hpp"
#include "daemon/devices/script_run.hpp"
#include "daemon/devices/watcher.hpp"
#include "libdomain/plan/devices.hpp"

namespace zeroth::daemon::devices {
namespace {

using Clock = std::chrono::steady_clock;
using device::Detach;

/// One device on its way out.
struct Entry {
    device::Paths paths;
    Detach machine;
    Clock::time_point began;
    /// To be run on the way out.
    std::optional<hooks::ScriptCall> call;
    std::optional<ScriptRun> run = {};
    bool over = false;
};

class TakeDown {
public:
    TakeDown(Dom0& dom0, xs::Store& store, Watcher watcher)
        : dom0_{dom0}, store_{store}, watcher_{std::move(watcher)} {}

    Result<> begin(const std::vector<device::Paths>& devices, Detach::Manner manner);
    Result<> wait();
    /// What is left of them in XenStore goes, all at once.
    Result<> finish();
    std::vector<std::string> take_remarks() { return std::move(remarks_); }

private:
    Result<> add_entries(const std::vector<device::Paths>& devices, Detach::Manner manner);
    std::optional<hooks::ScriptCall> call_of(const device::Paths& paths,
                                             std::span<const std::optional<std::string>> values);
    void act(Entry& entry, Detach::Act act);
    void run_script(Entry& entry);
    void step_scripts();
    Result<> check_times();
    Result<> carry_out();
    Result<> look(const std::vector<Entry*>& entries);
    Result<> heard(const std::set<std::size_t>& places);
    bool is_over() const;
    Clock::time_point next_time() const;

    Dom0& dom0_;
    xs::Store& store_;
    Watcher watcher_;
    std::vector<Entry> entries_;
    std::vector<xs::Change> changes_;
    std::vector<std::string> remarks_;
    std::optional<Error> failure_;
};

/// A script is run for whatever we did not do ourselves: also for what other toolstacks attached.
std::optional<hooks::ScriptCall> TakeDown::call_of(
    const device::Paths& paths, std::span<const std::optional<std::string>> values) {
    // What is to be undone there is that domain's business.
    if (paths.backend_domain != kDomain0) return std::nullopt;
    const bool built_in = values[0].has_value();
    const auto script = values[1].value_or(""), gatewaydev = values[2].value_or("");
    if (built_in && paths.kind != "vif") return std::nullopt;
    if (built_in) return dom0_.hooks_call(paths, hooks::Phase::kDown, gatewaydev);
    if (script.empty() || dom0_.script(script) == plan::ScriptFile::kMissing) return std::nullopt;
    return ScriptRun::call_of(script, paths, hooks::Phase::kDown, gatewaydev);
}

Result<> TakeDown::add_entries(const std::vector<device::Paths>& devices, Detach::Manner manner) {
    std::vector<std::string> wanted;
    for (const auto& paths : devices) {
        wanted.push_back(paths.record() + "/" + plan::kHotplugKey);
        wanted.push_back(paths.backend() + "/script");
        wanted.push_back(paths.backend() + "/gatewaydev");
    }
    ZEROTH_TRY(const auto values, store_.read(wanted));
    constexpr std::size_t kEach = 3;
    for (std::size_t i = 0; i < devices.size(); ++i) {
        auto call = call_of(devices[i], std::span{values}.subspan(kEach * i, kEach));
        const auto hotplug = call                                    ? Detach::Hotplug::kRun
                             : devices[i].backend_domain != kDomain0 ? Detach::Hotplug::kElsewhere
                                                                     : Detach::Hotplug::kNothing;
        entries_.push_back({devices[i], Detach{manner, hotplug}, Clock::now(), std::move(call)});
    }
    return {};
}

Result<> TakeDown::begin(const std::vector<device::Paths>& devices, Detach::Manner manner) {
    ZEROTH_TRY(const auto seen, devices::look(store_, devices));
    ZEROTH_CHECK(add_entries(devices, manner));
    std::vector<std::string> states;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
        act(entries_[i], entries_[i].machine.begin(seen[i]));
        states.push_back(devices[i].backend() + "/state");
    }
    ZEROTH_CHECK(carry_out());
    return watcher_.watch(std::move(states));
}

void TakeDown::run_script(Entry& entry) {
    entry.began = Clock::now();
    auto run = ScriptRun::start(*entry.call);
    if (!run) return act(entry, entry.machine.hotplug_ended(run.error().text()));
    entry.run.emplace(*std::move(run));
}

void TakeDown::step_scripts() {
    for (auto& entry : entries_) {
        if (!entry.run || entry.over) continue;
        auto trouble = entry.run->step();
        if (!trouble) continue;
        if (!trouble->empty()) *trouble += ". " + entry.run->said();
        act(entry, entry.machine.hotplug_ended(*std::move(trouble)));
    }
}

void TakeDown::act(Entry& entry, Detach::Act act) {
    const auto backend = entry.paths.backend();
    switch (act) {
        case Detach::Act::kWait:
            return;
        case Detach::Act::kHotplug:
            return run_script(entry);
        case Detach::Act::kAsk:
        case Detach::Act::kTakeAway:
            entry.began = Clock::now();
            changes_.emplace_back(xs::Write{backend + "/online", "0"});
            changes_.emplace_back(xs::Write{backend + "/state", "5"});
            if (act == Detach::Act::kTakeAway)
                changes_.emplace_back(xs::Remove{entry.paths.frontend()});
            return;
        case Detach::Act::kRemoveNodes:
            entry.over = true;
            if (!entry.machine.remark().empty())
                remarks_.push_back(
                    fmt::format("{}: {}", entry.paths.title(), entry.machine.remark()));
            return;
        case Detach::Act::kFail:
            entry.over = true;
            if (!failure_)
                failure_ =
                    Error::message(ETIMEDOUT, entry.machine.failure()).within(entry.paths.title());
            return;
    }
}

Result<> TakeDown::carry_out() {
    if (changes_.empty()) return {};
    const auto changes = std::exchange(changes_, {});
    return store_.apply(changes);
}

Result<> TakeDown::look(const std::vector<Entry*>& entries) {
    std::vector<device::Paths> paths;
    for (const auto* entry : entries) paths.push_back(entry->paths);
    ZEROTH_TRY(const auto seen, devices::look(store_, paths));
    for (std::size_t i = 0; i < entries.size(); ++i)
        act(*entries[i], entries[i]->machine.seen(seen[i]));
    return carry_out();
}

Result<> TakeDown::heard(const std::set<std::size_t>& places) {
    std::vector<Entry*> waiting;
    for (const auto place : places)
        if (!entries_[place].over) waiting.push_back(&entries_[place]);
    return waiting.empty() ? Result<>{} : look(waiting);
}

bool TakeDown::is_over() const {
    return std::ranges::all_of(entries_, [](const Entry& entry) { return entry.over; });
}

Clock::time_point TakeDown::next_time() const {
    auto next = Clock::time_point::max();
    for (const auto& entry : entries_) {
        if (entry.over) continue;
        next = std::min(next,
                        entry.run ? entry.run->wake_at() : entry.began + entry.machine.patience());
    }
    return next;
}

Result<> TakeDown::check_times() {
    for (auto& entry : entries_) {
        if (entry.over || entry.run) continue;
        if (Clock::now() < entry.began + entry.machine.patience()) continue;
        ZEROTH_CHECK(look({&entry}));
        if (entry.over || entry.run) continue;
        entry.began = Clock::now();
        act(entry, entry.machine.timed_out());
    }
    return carry_out();
}

Result<> TakeDown::wait() {
    while (!is_over()) {
        std::vector<pollfd> fds;
        for (const auto& entry : entries_)
            if (entry.run && !entry.over) entry.run->add_fds(fds);
        ZEROTH_TRY(const auto fired, watcher_.next(fds, next_time()));
        ZEROTH_CHECK(heard(fired));
        step_scripts();
        if (fired.empty()) ZEROTH_CHECK(check_times());
    }
    return {};
}

Result<> TakeDown::finish() {
    if (failure_) return fail(*std::move(failure_));
    std::vector<device::Paths> gone;
    for (const auto& entry : entries_) gone.push_back(entry.paths);
    return store_.apply(removal(gone));
}

}  // namespace

Result<std::vector<std::string>> take_down(Dom0& dom0, xs::Store& store,
                                           const std::vector<device::Paths>& devices,
                                           Detach::Manner manner) {
    if (devices.empty()) return std::vector<std::string>{};
    ZEROTH_TRY(auto watcher, Watcher::open());
    TakeDown work{dom0, store, std::move(watcher)};
    ZEROTH_CHECK(work.begin(devices, manner));
    ZEROTH_CHECK(work.wait());
    ZEROTH_CHECK(work.finish());
    return work.take_remarks();
}

}  // namespace zeroth::daemon::devices
