// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

#include "core/log.hpp"
#include "daemon/adopt/notes.hpp"
#include "daemon/service.hpp"
#include "daemon/strangers.hpp"
#include "daemon/tell.hpp"
#include "daemon/userdata.hpp"
#include "libdomain/build/teardown.hpp"

/// What Service does to a domain as a whole: its ends, and its next lives.
namespace zeroth::daemon {
namespace {

/// Whether the domid's nodes are this domain's: numbers are used again.
bool has_nodes(xs::Store& store, DomainId id, const Uuid& uuid) {
    const auto vm = store.read_one(fmt::format("/local/domain/{}/vm", id.raw()));
    return vm && *vm == "/vm/" + uuid.text();
}

/// The domid under which a domain that is no more has left nodes; nullopt if it left none.
std::optional<DomainId> left_nodes(xs::Store& store, const Uuid& uuid) {
    const auto ids = store.directory("/local/domain");
    if (!ids) return std::nullopt;
    for (const auto& id : *ids) {
        std::uint16_t number = 0;
        std::from_chars(id.data(), id.data() + id.size(), number);
        if (has_nodes(store, DomainId{number}, uuid)) return DomainId{number};
    }
    return std::nullopt;
}

}  // namespace

Result<lives::Lanes::Lane> Service::enter(DomainId id) {
    const auto info = xen_.domain(id);
    const auto record = registry_.find(id);
    if (!info && record && record->between_lives()) {
        return fail(Error::message(
            EBUSY, fmt::format("domain {} (\"{}\") is between two lives: it is being restarted",
                               id.raw(), record->name)));
    }
    if (!info) return fail(info.error());
    if (info->dying) {
        return fail(Error::message(EBUSY, fmt::format("domain {} is dying", id.raw())));
    }
    auto lane = lanes_.enter(info->handle, lives::Doing::kChanging);
    if (!lane) return fail(std::move(lane).error().within(fmt::format("domain {}", id.raw())));
    return lane;
}

Result<> Service::pause(DomainId id) {
    ZEROTH_CHECK(xen_.pause(id));
    if (const auto record = registry_.find(id)) tell(events_, event::kPaused, id, *record);
    return {};
}

Result<> Service::unpause(DomainId id) {
    ZEROTH_CHECK(xen_.unpause(id));
    if (const auto record = registry_.find(id)) tell(events_, event::kUnpaused, id, *record);
    return {};
}

Result<> Service::destroy(DomainId id) {
    if (id == kDomain0) return fail(Error::message(EPERM, "domain 0 cannot be destroyed"));
    const auto info = xen_.domain(id);
    const auto known = info ? registry_.find(info->handle) : registry_.find(id);
    if (!info && !(known && known->between_lives())) return fail(info.error());
    const auto uuid = info ? info->handle : known->uuid;
    // A create under way is its client's to call off; a restart gives up when it sees this.
    registry_.change(uuid, [](lives::Record& record) {
        if (record.intent != lives::Intent::kCreating) record.intent = lives::Intent::kDestroying;
    });
    auto lane = lanes_.enter(uuid, lives::Doing::kDestroying);
    if (!lane) return fail(std::move(lane).error().within(fmt::format("domain {}", id.raw())));
    ZEROTH_CHECK(end_lives(uuid, id));
    // One that is dying already has been told of.
    if (!known && info && info->dying) return {};
    auto record = known.value_or(lives::Record{});
    record.uuid = uuid;
    registry_.remove(uuid);
    tell(events_, event::kDestroyed, id, record, "asked for");
    return {};
}

Result<> Service::end_lives(const Uuid& uuid, DomainId last) {
    ZEROTH_TRY(auto store, stores_.lease());
    ZEROTH_TRY(const auto infos, xen_.domains());
    bool found = false;
    for (const auto& info : infos) {
        if (info.handle != uuid || info.dying) continue;
        const auto held = hold_consoles_ ? hold_consoles_(info.id) : Result<>{};
        if (!held) log::warning("{}", held.error().text());
        ZEROTH_CHECK(
            build::destroy(xen_, *store, info.id, [this](DomainId id) { take_devices_down(id); }));
        remove_userdata(settings_.userdata_dir, info.id, uuid);
        found = found || info.id == last;
    }
    if (found) return {};
    // 0: a create was cut short before its domid was noted.
    const auto left = last == kDomain0 ? left_nodes(*store, uuid).value_or(last) : last;
    if (left == kDomain0) return {};
    if (has_nodes(*store, left, uuid)) {
        take_devices_down(left);
        ZEROTH_CHECK(store->apply(build::node_removal(left, uuid)));
    }
    remove_userdata(settings_.userdata_dir, left, uuid);
    return {};
}

void Service::add_reserved(plan::HostInfo& host, std::optional<Uuid> self) const {
    for (const auto& record : registry_.between_lives()) {
        if (record.uuid == self) continue;
        const bool there = std::ranges::find(host.domains, record.uuid, &plan::KnownDomain::uuid) !=
                           host.domains.end();
        if (!there) host.domains.push_back({record.domid, record.name, record.uuid});
    }
}

void Service::add_given_away(plan::HostInfo& host, std::optional<Uuid> self) const {
    std::vector<Stranger> strangers;
    for (const auto& record : registry_.all()) {
        if (record.uuid == self) continue;
        const bool is_xens = find_adopt_note(settings_.state_dir, record).has_value();
        if ((is_xens || record.keeper == lives::Keeper::kOther) && xen_.domain(record.domid))
            strangers.push_back({record.domid, record.name,
                                 is_xens ? Stranger::Maker::kXen : Stranger::Maker::kToolstack});
        const auto request = registry_.request(record.uuid);
        if (!request || (request->config.iomem.empty() && request->config.irqs.empty())) continue;
        host.given_away.push_back(
            {fmt::format("\"{}\" (domain {})", record.name, record.domid.raw()),
             request->config.iomem, request->config.irqs});
    }
    std::ranges::move(given_to_strangers(xen_, strangers), std::back_inserter(host.given_away));
}

Result<DomainId> Service::next_life(const lives::Record& record,
                                    const std::function<bool()>& cancelled) {
    struct Counted {
        explicit Counted(std::atomic<int>& count) : count_{count} { ++count_; }
        ~Counted() { --count_; }
        std::atomic<int>& count_;
    } const counted{creating_};
    if (stopping_) return fail(ECANCELED, "xld is stopping");
    ZEROTH_TRY(auto request, registry_.request(record.uuid));
    request.config.name = record.name;
    request.config.uuid = record.uuid;
    request.paused = false;
    ZEROTH_TRY(auto store, stores_.lease());
    ZEROTH_TRY(const auto plan, make_plan(request, *store, Names::kMustBeFree, record.uuid));
    const auto trace = traces_.begin(record.name);
    auto domain = carry_out(
        plan, *store, cancelled, [](const api::CreateEvent&) {}, *trace);
    trace->end(domain ? std::optional{*domain} : std::nullopt);
    return domain;
}

}  // namespace zeroth::daemon
