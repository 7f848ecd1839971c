// SPDX-License-Identifier: Apache-2.0
#include "daemon/attachments/attachments.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "core/log.hpp"
#include "daemon/api/device_json.hpp"
#include "daemon/api/reference_json.hpp"
#include "daemon/devices/backends.hpp"
#include "daemon/devices/bring_up.hpp"
#include "daemon/devices/facts.hpp"
#include "daemon/devices/take_down.hpp"
#include "daemon/userdata.hpp"
#include "libdomain/config/served_device.hpp"
#include "libdomain/config/vdev.hpp"
#include "libdomain/plan/devices.hpp"

namespace zeroth::daemon {
namespace {

using device::Detach;
using device::Paths;

std::string name_of(xs::Store& store, DomainId id) {
    const auto name = store.read_one(fmt::format("/local/domain/{}/name", id.raw()));
    return name && *name ? **name : "";
}

Result<plan::Guest> guest_of(xs::Store& store, const hyper::DomainInfo& info) {
    plan::Guest guest{name_of(store, info.id), info.handle, {}, {}};
    ZEROTH_TRY(const auto devices, devices::backends_of(store, info.id));
    for (const auto& paths : devices) {
        if (paths.kind == "vif") guest.nics.push_back(paths.id);
        if (paths.kind == "vbd") guest.disks.push_back(paths.id);
        if (const auto list = config::served_list(paths.kind); !list.empty()) {
            auto& next = guest.next[std::string{list}];
            next = std::max(next, paths.id + 1);
        }
    }
    return guest;
}

/// Entries of one list stay together, as a config has them; their devices' numbers grow with them.
void add_to_list(std::vector<config::OtherDevice>& entries, const config::OtherDevice& entry) {
    const auto same = [&](const config::OtherDevice& one) { return one.key == entry.key; };
    const auto after = std::find_if(entries.rbegin(), entries.rend(), same).base();
    entries.insert(after == entries.begin() ? entries.end() : after, entry);
}

/// The entry at `place` of its list is taken out.
void take_from_list(std::vector<config::OtherDevice>& entries, std::string_view list,
                    std::size_t place) {
    const auto is_it = [&](const config::OtherDevice& entry) {
        return entry.key == list && place-- == 0;
    };
    if (const auto found = std::ranges::find_if(entries, is_it); found != entries.end())
        entries.erase(found);
}

/// The newest interface's or disk's entry in the JSON beside the domain, whoever reads that.
void add_to_userdata(const Ground& ground, const hyper::DomainInfo& info, std::string_view list,
                     boost::json::value entry) {
    const auto& folder = ground.settings.userdata_dir;
    const auto kept = read_userdata(folder, info.id, info.handle);
    if (!kept) return;
    auto config = api::parse_userdata(*kept);
    if (!config || !config->is_object()) return;
    auto& entries = config->as_object()[list];
    if (!entries.is_array()) entries = boost::json::array{};
    entries.as_array().push_back(std::move(entry));
    const auto done =
        write_userdata(folder, info.id, info.handle, "libxl-json", api::userdata_text(*config));
    if (!done) log::warning("domain {}: {}", info.id.raw(), done.error().text());
}

/// What was attached, whatever it is.
void keep_beside(const Ground& ground, const hyper::DomainInfo& info,
                 const config::DomainConfig& one, std::uint32_t id) {
    for (const auto& vif : one.vif)
        add_to_userdata(ground, info, "nics",
                        api::reference_nic(vif, vif.devid, api::Form::kStored));
    for (const auto& disk : one.disk)
        add_to_userdata(ground, info, "disks", api::reference_disk(disk, api::Form::kStored));
    for (const auto& entry : one.other_devices)
        add_to_userdata(ground, info, entry.key + "s", api::reference_served(entry, id));
}

/// The entry with this member is taken out again.
void take_from_userdata(const Ground& ground, const hyper::DomainInfo& info, std::string_view list,
                        const char* key, const boost::json::value& value) {
    const auto& folder = ground.settings.userdata_dir;
    const auto kept = read_userdata(folder, info.id, info.handle);
    if (!kept) return;
    auto config = api::parse_userdata(*kept);
    auto* const whole = config ? config->if_object() : nullptr;
    auto* const entries = whole != nullptr ? whole->if_contains(list) : nullptr;
    if (entries == nullptr || !entries->is_array()) return;
    boost::json::array left;
    for (const auto& entry : entries->as_array()) {
        const auto* const found = entry.is_object() ? entry.as_object().if_contains(key) : nullptr;
        if (found == nullptr || *found != value) left.push_back(entry);
    }
    if (left.empty()) {
        whole->erase(list);
    } else {
        *entries = std::move(left);
    }
    const auto done =
        write_userdata(folder, info.id, info.handle, "libxl-json", api::userdata_text(*config));
    if (!done) log::warning("domain {}: {}", info.id.raw(), done.error().text());
}

}  // namespace

void Attachments::remember(const hyper::DomainInfo& info,
                           const std::function<void(config::DomainConfig&)>& change) {
    auto request = ground_.registry.request(info.handle);
    if (!request) return;
    change(request->config);
    if (const auto kept = ground_.registry.set_request(info.handle, *std::move(request)); !kept)
        log::warning("the next life of {} is as it was: {}", info.handle.text(),
                     kept.error().text());
}

void Attachments::tell(const hyper::DomainInfo& info, std::string detail, std::string code) {
    api::Event event;
    event.kind = event::kChanged;
    event.domid = info.id.raw();
    event.uuid = info.handle.text();
    if (auto store = ground_.stores.lease()) event.name = name_of(**store, info.id);
    event.detail = std::move(detail);
    event.code = std::move(code);
    ground_.events.append(std::move(event));
}

Result<boost::json::object> Attachments::attach(DomainId id, config::DomainConfig one) {
    if (id == kDomain0)
        return fail(Error::message(EOPNOTSUPP, "domain 0 has its devices from the machine"));
    ZEROTH_TRY(const auto lane, service_.enter(id));
    ZEROTH_TRY(auto store, ground_.stores.lease());
    ZEROTH_TRY(const auto info, ground_.xen.domain(id));
    ZEROTH_TRY(const auto guest, guest_of(*store, info));
    ZEROTH_TRY(const auto facts, devices::look_at(ground_.dom0, *store, one));
    one.vif = plan::settled(one.vif, guest, facts);
    ZEROTH_TRY(const auto planned, plan::make_devices(one, guest, facts));
    const auto& device = planned.front();
    ZEROTH_TRY(auto odd, devices::check(ground_.dom0, device));
    ZEROTH_TRY(auto watcher, devices::Watcher::open());
    devices::BringUp work{ground_.dom0, *store, std::move(watcher), id};
    auto done = work.begin(device);
    if (done) done = work.start();
    if (done) done = work.wait({});
    const Paths paths{id, device.backend, device.kind, device.id};
    if (!done) {
        const auto undone =
            devices::take_down(ground_.dom0, *store, {paths}, Detach::Manner::kTakeAway);
        auto error = std::move(done).error();
        if (!undone) error = std::move(error).with_details(undone.error().text());
        return fail(std::move(error));
    }
    std::ranges::copy(work.remarks(), std::back_inserter(odd));
    keep_beside(ground_, info, one, device.id);
    remember(info, [&](config::DomainConfig& next) {
        next.vif.insert(next.vif.end(), one.vif.begin(), one.vif.end());
        next.disk.insert(next.disk.end(), one.disk.begin(), one.disk.end());
        for (const auto& entry : one.other_devices) add_to_list(next.other_devices, entry);
    });
    tell(info, "attached: " + plan::describe(device), "attach");
    return boost::json::object{{"kind", device.kind},
                               {"devid", device.id},
                               {"warnings", boost::json::array(odd.begin(), odd.end())}};
}

Result<boost::json::object> Attachments::attach_nic(DomainId id, config::Vif vif) {
    config::DomainConfig one;
    one.vif.push_back(std::move(vif));
    return attach(id, std::move(one));
}

Result<boost::json::object> Attachments::attach_disk(DomainId id, config::Disk disk) {
    config::DomainConfig one;
    one.disk.push_back(std::move(disk));
    return attach(id, std::move(one));
}

Result<boost::json::object> Attachments::attach_served(DomainId id, config::OtherDevice entry) {
    if (!config::is_served(entry.key))
        return fail(Error::message(
            EINVAL, fmt::format("key: `{}` is no list of what programs serve", entry.key)));
    const auto parsed = config::parse_served(entry);
    if (!parsed.device) return fail(Error::message(EINVAL, parsed.diagnostics.front().message));
    config::DomainConfig one;
    one.other_devices.push_back(std::move(entry));
    return attach(id, std::move(one));
}

Result<std::vector<Paths>> Attachments::devices_of(DomainId id) {
    ZEROTH_CHECK(ground_.xen.domain(id));
    ZEROTH_TRY(auto store, ground_.stores.lease());
    return devices::backends_of(*store, id);
}

std::vector<Paths> of_kind(std::vector<Paths> devices, std::string_view kind) {
    std::erase_if(devices, [kind](const Paths& paths) { return paths.kind != kind; });
    std::ranges::sort(devices, {}, &Paths::id);
    return devices;
}

std::vector<Paths> of_list(std::vector<Paths> devices, std::string_view list) {
    std::erase_if(devices, [list](const Paths& paths) {
        const auto its = config::served_list(paths.kind);
        return its.empty() || (!list.empty() && its != list);
    });
    std::ranges::sort(devices, {}, [](const Paths& paths) {
        return std::pair{config::served_list(paths.kind), paths.id};
    });
    return devices;
}

Result<> Attachments::detach(DomainId id, const Paths& paths, Detach::Manner manner) {
    ZEROTH_TRY(auto store, ground_.stores.lease());
    ZEROTH_TRY(const auto info, ground_.xen.domain(id));
    ZEROTH_TRY(const auto remarks, devices::take_down(ground_.dom0, *store, {paths}, manner));
    for (const auto& remark : remarks) log::warning("domain {}: {}", id.raw(), remark);
    tell(info, "detached: " + paths.title(), "detach");
    return {};
}

Result<> Attachments::detach_nic(DomainId id, const std::string& which, Detach::Manner manner) {
    ZEROTH_TRY(const auto lane, service_.enter(id));
    ZEROTH_TRY(auto all, devices_of(id));
    ZEROTH_TRY(auto store, ground_.stores.lease());
    ZEROTH_TRY(const auto info, ground_.xen.domain(id));
    for (const auto& paths : of_kind(std::move(all), "vif")) {
        ZEROTH_TRY(const auto mac, store->read_one(paths.backend() + "/mac"));
        if (fmt::to_string(paths.id) != which && mac != which) continue;
        ZEROTH_CHECK(detach(id, paths, manner));
        take_from_userdata(ground_, info, "nics", "devid", paths.id);
        remember(info, [&](config::DomainConfig& next) {
            next.vif = plan::settled(next.vif, {next.name, info.handle, {}, {}}, {});
            std::erase_if(next.vif, [&](const config::Vif& vif) { return vif.devid == paths.id; });
        });
        return {};
    }
    return fail(Error::message(ENOENT, fmt::format("there is no interface {}", which)));
}

Result<> Attachments::detach_disk(DomainId id, const std::string& which, Detach::Manner manner) {
    ZEROTH_TRY(const auto lane, service_.enter(id));
    ZEROTH_TRY(auto all, devices_of(id));
    ZEROTH_TRY(const auto info, ground_.xen.domain(id));
    const auto number = config::vdev_number(which);
    for (const auto& paths : of_kind(std::move(all), "vbd")) {
        if (!number || paths.id != *number) continue;
        ZEROTH_CHECK(detach(id, paths, manner));
        const auto is_it = [&](const std::string& vdev) {
            return config::vdev_number(vdev) == number;
        };
        remember(info, [&](config::DomainConfig& next) {
            for (const auto& disk : next.disk)
                if (is_it(disk.vdev))
                    take_from_userdata(ground_, info, "disks", "vdev",
                                       boost::json::string{disk.vdev});
            std::erase_if(next.disk, [&](const config::Disk& disk) { return is_it(disk.vdev); });
        });
        return {};
    }
    return fail(Error::message(ENOENT, fmt::format("there is no disk {}", which)));
}

Result<> Attachments::detach_served(DomainId id, std::string_view list, const std::string& which,
                                    Detach::Manner manner) {
    ZEROTH_TRY(const auto lane, service_.enter(id));
    if (!config::is_served(list))
        return fail(Error::message(ENOENT, fmt::format("there is no list {}", list)));
    ZEROTH_TRY(auto devices, devices_of(id));
    ZEROTH_TRY(const auto info, ground_.xen.domain(id));
    const auto all = of_list(std::move(devices), list);
    for (std::size_t place = 0; place < all.size(); ++place) {
        if (fmt::to_string(all[place].id) != which) continue;
        ZEROTH_CHECK(detach(id, all[place], manner));
        take_from_userdata(ground_, info, fmt::format("{}s", list), "devid", all[place].id);
        remember(info, [&](config::DomainConfig& next) {
            take_from_list(next.other_devices, list, place);
        });
        return {};
    }
    return fail(Error::message(ENOENT, fmt::format("there is no {} {}", list, which)));
}

}  // namespace zeroth::daemon
