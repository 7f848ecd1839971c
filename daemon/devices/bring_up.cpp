// SPDX-License-Identifier: Apache-2.0
#include "daemon/devices/bring_up.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <ranges>
#include <string_view>
#include <thread>
#include <unordered_set>

#include "daemon/devices/backends.hpp"
#include "daemon/devices/kernel_lines.hpp"
#include "libdomain/build/nodes.hpp"

namespace zeroth::daemon::devices {
namespace {

using namespace std::chrono_literals;
using device::Attach;

/// So soon a create that is called off is noticed.
constexpr auto kGlance = 200ms;
/// Linux opens a disk right after it has found the device; but its one thread has to get there,
/// past all that it asks of other devices.
constexpr auto kOpening = 10s;
constexpr auto kOpeningGlance = 1ms;
/// XenStore is looked at less often: it is what the kernel's thread waits for, too.
constexpr int kGlancesPerLook = 16;

Attach::Hotplug hotplug_of(const plan::Device& device) {
    switch (device.hotplug) {
        case plan::Hotplug::kScript:
            return Attach::Hotplug::kScript;
        case plan::Hotplug::kElsewhere: {
            // Of other kinds there is nothing to set up, or nobody says so.
            const bool told = device.kind == "vif" || device.kind == "vbd";
            return told ? Attach::Hotplug::kElsewhere : Attach::Hotplug::kNothing;
        }
        case plan::Hotplug::kBuiltIn:
            break;
    }
    // A disk is opened before its nodes are written, with the result among them.
    return std::holds_alternative<plan::Nic>(device.what) ? Attach::Hotplug::kBuiltIn
                                                          : Attach::Hotplug::kNothing;
}

/// Linux looks for a device when its folder appears, and asks XenStore about each node in it, all
/// in the order of the nodes: this way every device is served before the first node is asked about.
void put_folders_first(std::vector<plan::Node>& nodes) {
    std::unordered_set<std::string_view> folders;
    for (const std::string_view path : nodes | std::views::transform(&plan::Node::path))
        folders.insert(path.substr(0, path.rfind('/')));
    std::vector<plan::Node> first, rest;
    std::vector<bool> is_folder;
    for (const auto& node : nodes) is_folder.push_back(folders.contains(node.path));
    for (std::size_t i = 0; i < nodes.size(); ++i)
        (is_folder[i] ? first : rest).push_back(std::move(nodes[i]));
    std::ranges::move(rest, std::back_inserter(first));
    nodes = std::move(first);
}

}  // namespace

/// With what else there is to know: the script's output, the kernel's words.
Error BringUp::refusal(const Entry& entry, const std::string& why) {
    std::string details;
    if (entry.script) details = entry.script->said();
    for (const auto& line : kernel_lines(entry.paths)) {
        if (!details.empty() && !details.ends_with('\n')) details += '\n';
        details += "dom0's kernel: " + line;
    }
    auto error = Error::message(EIO, why).within(entry.device.title());
    if (entry.device.hotplug == plan::Hotplug::kElsewhere)
        error = std::move(error).with_hint(fmt::format(
            "What serves {} has to run in domain {}; and where `xl dmesg' tells of Xen's SILO "
            "mode, guests reach domain 0 alone: then Xen needs xsm=dummy on its command line.",
            entry.device.kind, entry.device.backend.raw()));
    return details.empty() ? error : std::move(error).with_details(std::move(details));
}

Result<> BringUp::begin(const plan::Device& device) {
    const device::Paths paths{guest_, device.backend, device.kind, device.id};
    auto entry =
        std::make_unique<Entry>(Entry{device, paths, Attach{hotplug_of(device)}, Clock::now(), {}});
    const auto* const disk = std::get_if<plan::BlockDevice>(&device.what);
    const bool ours = disk != nullptr && device.hotplug == plan::Hotplug::kBuiltIn;
    if (ours && disk->source != plan::BlockDevice::Source::kNone) {
        auto opened = dom0_.open_disk(*disk);
        if (!opened) return fail(std::move(opened).error().within(device.title()));
        entry->disk = *std::move(opened);
    }
    entries_.push_back(std::move(entry));
    return {};
}

Result<> BringUp::start() {
    std::vector<plan::Node> nodes;
    std::vector<std::string> states;
    for (const auto& entry : entries_) {
        std::ranges::move(entry->device.nodes, std::back_inserter(nodes));
        const bool elsewhere = entry->device.hotplug == plan::Hotplug::kElsewhere;
        states.push_back(entry->paths.backend() + (elsewhere ? "" : "/state"));
    }
    put_folders_first(nodes);
    plan::NodeValues values;
    values.domain = guest_;
    auto changes = build::to_changes(nodes, values);
    for (const auto& entry : entries_) {
        add_opened(changes, *entry);
        entry->began = Clock::now();
    }
    ZEROTH_CHECK(store_.apply(changes));
    return watcher_.watch(std::move(states));
}

/// A disk that is open is ready for its backend.
void BringUp::add_opened(std::vector<xs::Change>& changes, const Entry& entry) {
    const bool disk = std::holds_alternative<plan::BlockDevice>(entry.device.what);
    if (!disk || entry.device.hotplug != plan::Hotplug::kBuiltIn) return;
    const auto put = [&](const char* key, const std::string& value) {
        changes.emplace_back(xs::Write{fmt::format("{}/{}", entry.paths.backend(), key), value});
    };
    if (!entry.disk.loop.empty()) put("node", entry.disk.loop);
    if (!entry.disk.number.empty()) {
        put("physical-device", entry.disk.number);
        put("physical-device-path", entry.disk.path);
    }
    put("hotplug-status", "connected");
}

Result<> BringUp::look(const std::vector<Entry*>& entries) {
    std::vector<device::Paths> paths;
    for (const auto* entry : entries) paths.push_back(entry->paths);
    ZEROTH_TRY(const auto seen, devices::look(store_, paths));
    for (std::size_t i = 0; i < entries.size(); ++i)
        ZEROTH_CHECK(act(*entries[i], entries[i]->machine.seen(seen[i])));
    return {};
}

Result<> BringUp::act(Entry& entry, Attach::Act act) {
    switch (act) {
        case Attach::Act::kWait:
            return {};
        case Attach::Act::kHotplug:
            entry.began = Clock::now();
            return hotplug(entry);
        case Attach::Act::kWriteConnected:
            entry.over = true;
            changes_.emplace_back(
                xs::Write{entry.paths.backend() + "/hotplug-status", "connected"});
            return {};
        case Attach::Act::kDone:
            entry.over = true;
            return {};
        case Attach::Act::kFail:
            break;
    }
    entry.over = true;
    return fail(refusal(entry, entry.machine.failure()));
}

Result<> BringUp::hotplug(Entry& entry) {
    const auto* const nic = std::get_if<plan::Nic>(&entry.device.what);
    if (entry.device.hotplug == plan::Hotplug::kBuiltIn && nic != nullptr)
        return connect(entry, *nic);
    auto script =
        ScriptRun::start(ScriptRun::call_of(entry.device.script, entry.paths, hooks::Phase::kUp,
                                            nic != nullptr ? nic->gatewaydev : ""));
    if (!script) return act(entry, entry.machine.hotplug_ended(script.error().text()));
    entry.script.emplace(*std::move(script));
    return {};
}

Result<> BringUp::connect(Entry& entry, const plan::Nic& nic) {
    const auto mtu = dom0_.connect(nic, entry.paths);
    if (!mtu) return act(entry, entry.machine.hotplug_ended(mtu.error().text()));
    constexpr std::uint32_t kEthernet = 1500;
    // The guest's end is to have what the bridge has.
    if (*mtu != (nic.mtu == 0 ? kEthernet : nic.mtu))
        ZEROTH_CHECK(put(entry.paths.frontend() + "/mtu", fmt::to_string(*mtu)));
    if (!has_hooks_) has_hooks_ = dom0_.has_hooks();
    if (!*has_hooks_) return act(entry, entry.machine.hotplug_ended({}));
    const auto call = dom0_.hooks_call(entry.paths, hooks::Phase::kUp, nic.gatewaydev);
    if (!call) return act(entry, entry.machine.hotplug_ended({}));
    auto script = ScriptRun::start(*call);
    if (!script) return act(entry, entry.machine.hotplug_ended(script.error().text()));
    entry.script.emplace(*std::move(script));
    return {};
}

Result<> BringUp::step_scripts() {
    for (const auto& entry : entries_) {
        if (!entry->script || entry->over) continue;
        auto trouble = entry->script->step();
        if (!trouble) continue;
        // What it left in XenStore belongs to the story.
        ZEROTH_CHECK(look({entry.get()}));
        if (!entry->over)
            ZEROTH_CHECK(act(*entry, entry->machine.hotplug_ended(*std::move(trouble))));
    }
    return {};
}

Result<> BringUp::put(const std::string& path, std::string value) {
    const std::vector<xs::Change> changes{xs::Write{path, std::move(value)}};
    return store_.apply(changes);
}

Result<> BringUp::heard(const std::set<std::size_t>& places) {
    std::vector<Entry*> waiting;
    for (const auto place : places)
        if (!entries_[place]->over) waiting.push_back(entries_[place].get());
    return waiting.empty() ? Result<>{} : look(waiting);
}

std::vector<std::string> BringUp::remarks() const {
    std::vector<std::string> remarks;
    for (const auto& entry : entries_)
        if (const auto& remark = entry->machine.remark(); !remark.empty())
            remarks.push_back(fmt::format("{}: {}", entry->device.title(), remark));
    return remarks;
}

bool BringUp::is_over() const {
    return std::ranges::all_of(entries_, [](const auto& entry) { return entry->over; });
}

BringUp::Clock::time_point BringUp::next_time() const {
    auto next = Clock::now() + kGlance;
    for (const auto& entry : entries_) {
        if (entry->over) continue;
        // A script has its own time, and says itself that it is up.
        next = std::min(next, entry->script ? entry->script->wake_at()
                                            : entry->began + entry->machine.patience());
    }
    return next;
}

Result<> BringUp::check_times() {
    for (const auto& entry : entries_) {
        if (entry->over || entry->script) continue;
        if (Clock::now() < entry->began + entry->machine.patience()) continue;
        ZEROTH_CHECK(look({entry.get()}));
        if (!entry->over) ZEROTH_CHECK(act(*entry, entry->machine.timed_out()));
    }
    return {};
}

Result<> BringUp::wait(const Cancelled& cancelled) {
    while (!is_over()) {
        if (cancelled && cancelled()) return fail(ECANCELED, "wait for devices");
        std::vector<pollfd> fds;
        for (const auto& entry : entries_)
            if (entry->script && !entry->over) entry->script->add_fds(fds);
        ZEROTH_TRY(const auto fired, watcher_.next(fds, next_time()));
        ZEROTH_CHECK(heard(fired));
        ZEROTH_CHECK(step_scripts());
        if (fired.empty()) ZEROTH_CHECK(check_times());
    }
    if (!changes_.empty()) ZEROTH_CHECK(store_.apply(changes_));
    for (const auto& entry : entries_) {
        if (entry->disk.hold) ZEROTH_CHECK(let_go(*entry, cancelled));
    }
    return {};
}

/// What a disk is made of is the backend's alone from now on: it goes when the backend lets it go.
Result<> BringUp::let_go(Entry& entry, const Cancelled& cancelled) {
    const auto end = Clock::now() + kOpening;
    auto opened = dom0_.opened(entry.paths);
    for (int glance = 1; !opened; opened = dom0_.opened(entry.paths), ++glance) {
        if (cancelled && cancelled()) return fail(ECANCELED, "wait for devices");
        const bool late = Clock::now() > end;
        if (late || glance % kGlancesPerLook == 0) ZEROTH_CHECK(check_refusal(entry, late));
        std::this_thread::sleep_for(kOpeningGlance);
    }
    ZEROTH_CHECK(check_opened(entry, *opened));
    entry.disk = {};
    return {};
}

Result<> BringUp::check_refusal(const Entry& entry, bool late) {
    ZEROTH_TRY(const auto seen, devices::look(store_, entry.paths));
    const bool refused = seen.backend == device::BusState::kClosing ||
                         seen.backend == device::BusState::kClosed || !seen.complaint.empty();
    if (!refused && !late) return {};
    return fail(refusal(
        entry, fmt::format("its backend {} {}: {}", refused ? "could not open" : "has not opened",
                           entry.disk.path, device::describe(seen))));
}

/// The guest gets what was asked for, whatever has been put in its place meanwhile.
Result<> BringUp::check_opened(const Entry& entry, const std::string& number) {
    if (number != entry.disk.number)
        return fail(refusal(entry, fmt::format("its backend has opened the device {}, not {} ({})",
                                               number, entry.disk.number, entry.disk.path)));
    const auto same = entry.disk.check_again();
    return same ? Result<>{} : fail(refusal(entry, same.error().text()));
}

}  // namespace zeroth::daemon::devices
