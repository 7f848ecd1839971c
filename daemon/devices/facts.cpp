// SPDX-License-Identifier: Apache-2.0
#include "daemon/devices/facts.hpp"

#include <fmt/format.h>

#include <charconv>
#include <set>

#include "daemon/devices/backends.hpp"
#include "libdomain/config/served_device.hpp"
#include "libdomain/plan/devices.hpp"

namespace zeroth::daemon::devices {
namespace {

std::string name_path(DomainId id) { return fmt::format("/local/domain/{}/name", id.raw()); }

std::string owner_of(DomainId id, const std::optional<std::string>& name) {
    if (!name || name->empty()) return fmt::format("domain {}", id.raw());
    return fmt::format("\"{}\" (domain {})", *name, id.raw());
}

Result<> look_at_nics(xs::Store& store, plan::DeviceFacts& facts) {
    ZEROTH_TRY(const auto all, backends(store, "vif"));
    constexpr std::size_t kEach = 3;
    std::vector<std::string> paths;
    for (const auto& one : all) {
        paths.push_back(one.backend() + "/mac");
        paths.push_back(one.backend() + "/vifname");
        paths.push_back(name_path(one.guest));
    }
    ZEROTH_TRY(const auto values, store.read(paths));
    for (std::size_t i = 0; i < all.size(); ++i) {
        facts.nics.push_back({values[kEach * i].value_or(""), values[kEach * i + 1].value_or(""),
                              owner_of(all[i].guest, values[kEach * i + 2]), all[i].id});
    }
    return {};
}

Result<> look_at_disks(Dom0& dom0, xs::Store& store, plan::DeviceFacts& facts) {
    ZEROTH_TRY(const auto all, backends(store, "vbd"));
    constexpr std::size_t kEach = 4;
    std::vector<std::string> paths;
    for (const auto& one : all) {
        for (const char* key : {"params", "dev", "mode"})
            paths.push_back(fmt::format("{}/{}", one.backend(), key));
        paths.push_back(name_path(one.guest));
    }
    ZEROTH_TRY(const auto values, store.read(paths));
    for (std::size_t i = 0; i < all.size(); ++i) {
        const auto target = dom0.target(values[kEach * i].value_or(""));
        if (target.identity.empty()) continue;
        const auto mode = values[kEach * i + 2].value_or("");
        facts.disks.push_back({target.identity, values[kEach * i + 1].value_or(""),
                               owner_of(all[i].guest, values[kEach * i + 3]), mode.starts_with('w'),
                               mode.ends_with('!')});
    }
    return {};
}

/// The `backend` words of a config.
std::set<std::string> backend_words(const config::DomainConfig& config) {
    std::set<std::string> words;
    const auto add = [&](const std::optional<std::string>& word) {
        if (word) words.insert(*word);
    };
    for (const auto& vif : config.vif) add(vif.backend);
    for (const auto& disk : config.disk) add(disk.backend);
    for (const auto& device : config.other_devices)
        if (const auto served = config::parse_served(device).device) add(served->backend);
    return words;
}

/// A word is a domain's name or its number.
Result<> look_at_backends(xs::Store& store, const config::DomainConfig& config,
                          plan::DeviceFacts& facts) {
    const auto words = backend_words(config);
    if (words.empty()) return {};
    ZEROTH_TRY(const auto numbers, store.directory("/local/domain"));
    std::vector<std::string> paths;
    for (const auto& number : numbers) paths.push_back("/local/domain/" + number + "/name");
    ZEROTH_TRY(const auto names, store.read(paths));
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        std::uint16_t id = 0;
        std::from_chars(numbers[i].data(), numbers[i].data() + numbers[i].size(), id);
        for (const auto& word : words)
            if (word == numbers[i] || word == names[i]) facts.backends.emplace(word, DomainId{id});
    }
    return {};
}

Result<> look_at_9pfsd(xs::Store& store, plan::DeviceFacts& facts) {
    std::vector<DomainId> domains{kDomain0};
    for (const auto& [word, id] : facts.backends) domains.push_back(id);
    std::vector<std::string> paths;
    for (const auto id : domains)
        paths.push_back(fmt::format("/local/domain/{}/libxl/xen-9pfs/state", id.raw()));
    ZEROTH_TRY(const auto states, store.read(paths));
    for (std::size_t i = 0; i < domains.size(); ++i)
        if (states[i] == "running") facts.with_9pfsd.insert(domains[i]);
    return {};
}

}  // namespace

Result<plan::DeviceFacts> look_at(Dom0& dom0, xs::Store& store,
                                  const config::DomainConfig& config) {
    plan::DeviceFacts facts;
    ZEROTH_CHECK(look_at_backends(store, config, facts));
    if (!config.other_devices.empty()) ZEROTH_CHECK(look_at_9pfsd(store, facts));
    // Many devices have the same one, and it takes a look at each byte of it.
    const auto look_at_script = [&](const std::string& script) {
        if (!facts.scripts.contains(script)) facts.scripts.emplace(script, dom0.script(script));
    };
    for (const auto& vif : config.vif) {
        look_at_script(plan::script_path(vif));
        if (vif.vifname && dom0.has_interface(*vif.vifname)) facts.taken_names.insert(*vif.vifname);
    }
    for (const auto& disk : config.disk) {
        look_at_script(plan::script_path(disk));
        if (!disk.target.empty()) facts.targets.emplace(disk.target, dom0.target(disk.target));
    }
    if (!config.vif.empty()) {
        ZEROTH_TRY(facts.bridges, dom0.bridges());
        ZEROTH_CHECK(look_at_nics(store, facts));
    }
    if (!config.disk.empty()) ZEROTH_CHECK(look_at_disks(dom0, store, facts));
    return facts;
}

Result<std::vector<std::string>> check(Dom0& dom0, const plan::Device& device) {
    const auto* const nic = std::get_if<plan::Nic>(&device.what);
    if (nic == nullptr || device.hotplug != plan::Hotplug::kBuiltIn)
        return std::vector<std::string>{};
    auto odd = dom0.check(*nic);
    if (!odd) return fail(std::move(odd).error().within(device.title()));
    for (auto& sentence : *odd) sentence = fmt::format("{}: {}", device.title(), sentence);
    return odd;
}

}  // namespace zeroth::daemon::devices
