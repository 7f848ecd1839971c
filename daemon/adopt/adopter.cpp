// SPDX-License-Identifier: Apache-2.0
#include "daemon/adopt/adopter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "core/log.hpp"
#include "daemon/adopt/configs.hpp"
#include "daemon/api/reference_json.hpp"
#include "daemon/tell.hpp"
#include "daemon/userdata.hpp"
#include "libdomain/build/nodes.hpp"
#include "libdomain/build/store_page.hpp"
#include "libdomain/plan/nodes.hpp"
#include "xenstore/client/client.hpp"

namespace zeroth::daemon {
namespace {

using State = AdoptNote::State;

/// Without a config there is nothing to start it from again.
constexpr lives::Policies kEndsForGood{config::Action::kDestroy, config::Action::kDestroy,
                                       config::Action::kDestroy, config::Action::kDestroy,
                                       config::Action::kDestroy};

std::string configs_folder() {
    const char* const chosen = std::getenv("ZEROTH_ADOPT_DIR");
    return chosen != nullptr ? chosen : "/etc/xen/adopt";
}

api::CreateRequest request_of(const config::DomainConfig& config) {
    api::CreateRequest request;
    request.config = config;
    return request;
}

plan::NodeFacts facts_of(const AdoptNote& note, const hyper::DomainInfo& info,
                         const std::optional<build::StoreRing>& ring) {
    plan::NodeFacts facts;
    facts.name = note.name;
    facts.uuid = note.uuid;
    facts.memory = facts.maxmem = pages_to_kib(info.tot_pages);
    facts.max_vcpus = facts.online_vcpus = info.max_vcpu_id + 1;
    facts.console = false;
    facts.store = ring ? std::optional{ring->frame} : std::nullopt;
    return facts;
}

Result<bool> is_introduced(xs::Client& store, DomainId domain) {
    std::vector<xs::Message> requests{
        {xs::MessageType::kIsDomainIntroduced, 0, 0, fmt::format("{}", domain.raw()) + '\0'}};
    ZEROTH_TRY(const auto replies, store.exchange(std::move(requests)));
    return !replies.empty() && replies.front().payload.starts_with('T');
}

Result<DomainId> store_domain(xs::Store& store) {
    ZEROTH_TRY(const auto text, store.read_one("/tool/xenstored/domid"));
    return DomainId{
        static_cast<std::uint16_t>(text ? std::strtoul(text->c_str(), nullptr, 10) : 0)};
}

}  // namespace

Adopter::Adopter(const Ground& ground, Service& service)
    : ground_{ground}, service_{service}, configs_{configs_folder()} {}

/// What has been begun; nullopt: there is nothing of ours.
std::optional<AdoptNote> Adopter::note_for(const hyper::DomainInfo& info) const {
    if (info.handle != Uuid{}) {
        const auto note = find_adopt_note(ground_.settings.state_dir, info.handle);
        return note && note->domid == info.id ? note : std::nullopt;
    }
    // No further than the note.
    const auto notes = read_adopt_notes(ground_.settings.state_dir);
    const auto begun = std::ranges::find(notes, info.id, &AdoptNote::domid);
    return begun == notes.end() ? std::nullopt : std::optional{*begun};
}

/// Somebody else looks after it; so it is assumed where XenStore does not answer.
bool Adopter::is_named(DomainId domain) const {
    auto store = ground_.stores.lease();
    if (!store) return true;
    const auto name = (*store)->read_one(fmt::format("/local/domain/{}/name", domain.raw()));
    return !name || *name;
}

bool Adopter::take_in(const hyper::DomainInfo& info) {
    if (info.id == kDomain0 || info.dying || info.xs_domain) return false;
    if (ground_.registry.find(info.handle) || !ground_.lanes.is_free(info.handle)) return false;
    auto note = note_for(info);
    if (!note && (info.handle != Uuid{} || is_named(info.id))) return false;
    auto done = [&]() -> Result<> {
        if (!note) {
            ZEROTH_TRY(note, begin(info));
        }
        ZEROTH_TRY(const auto lane, ground_.lanes.enter(note->uuid, lives::Doing::kCreating));
        return go_on(*note, info);
    }();
    if (done) return true;
    auto why = fmt::format("domain {}, which Xen made, cannot be adopted yet: {}", info.id.raw(),
                           done.error().text());
    if (why != told_) log::warning("{}", why);
    told_ = std::move(why);
    return true;
}

/// Decides who it is, and writes that down.
Result<AdoptNote> Adopter::begin(const hyper::DomainInfo& info) const {
    const auto notes = read_adopt_notes(ground_.settings.state_dir);
    const auto is_taken = [&](const std::string& name) {
        return ground_.registry.find_name(name) ||
               std::ranges::find(notes, name, &AdoptNote::name) != notes.end();
    };
    const auto configs = read_adopt_configs(configs_);
    const auto* const config = choose_config(configs, info.id, [&](const AdoptConfig& its) {
        return is_taken(its.config.name) ||
               (its.config.uuid && ground_.registry.find(*its.config.uuid));
    });
    AdoptNote note;
    note.domid = info.id;
    note.found_ms = lives::now_ms();
    note.uuid = config != nullptr && config->config.uuid ? *config->config.uuid : Uuid::random();
    const auto wanted =
        config != nullptr ? config->config.name : fmt::format("dom0less-{}", info.id.raw());
    note.name = wanted;
    for (unsigned i = 2; is_taken(note.name); ++i) note.name = fmt::format("{}-{}", wanted, i);
    ZEROTH_CHECK(write_adopt_note(ground_.settings.state_dir, note));
    return note;
}

void Adopter::sweep(const std::vector<hyper::DomainInfo>& infos) const {
    for (const auto& note : read_adopt_notes(ground_.settings.state_dir)) {
        const auto its = std::ranges::find(infos, note.domid, &hyper::DomainInfo::id);
        const bool there = its != infos.end() && !its->dying &&
                           (its->handle == Uuid{} || its->handle == note.uuid);
        if (!there) remove_adopt_note(ground_.settings.state_dir, note.uuid);
    }
}

Result<> Adopter::go_on(AdoptNote note, const hyper::DomainInfo& info) const {
    if (info.handle != note.uuid) ZEROTH_CHECK(ground_.xen.set_handle(info.id, note.uuid));
    const auto config = config_named(note.name);
    keep_config(note, config.value_or(config::DomainConfig{}));
    ZEROTH_TRY(const bool has_store, give_store(note, info));
    note.state = has_store ? State::kHasStore : State::kHasNoStore;
    ZEROTH_CHECK(write_adopt_note(ground_.settings.state_dir, note));
    return finish(note, config);
}

/// Nodes, and XenStore if it can have it; whether it has.
Result<bool> Adopter::give_store(const AdoptNote& note, const hyper::DomainInfo& info) const {
    ZEROTH_TRY(const auto store, xs::Client::connect());
    // Introduced twice, it would lose the watches that it has made since.
    ZEROTH_TRY(const bool introduced, is_introduced(*store, info.id));
    if (introduced) return true;
    ZEROTH_TRY(const auto reader, store_domain(*store));
    ZEROTH_TRY(const auto ring, build::give_store_page(ground_.xen, info, reader));
    plan::NodeValues values;
    values.domain = info.id;
    values.store_port = ring ? ring->port : Port{};
    values.start_time = build::start_time();
    const auto nodes = plan::make_nodes(facts_of(note, info, ring));
    ZEROTH_CHECK(store->apply(build::to_changes(nodes, values)));
    if (ring) ZEROTH_CHECK(store->introduce(info.id, ring->frame, ring->port));
    return ring.has_value();
}

/// As for a domain that is created: for `xl list -l`, and the reference's tools.
void Adopter::keep_config(const AdoptNote& note, const config::DomainConfig& config) const {
    auto its = config;
    its.name = note.name;
    its.uuid = note.uuid;
    const auto text =
        api::userdata_text(api::stored_reference_json(its, note.uuid, ground_.facts.node_of_cpu));
    const auto kept =
        write_userdata(ground_.settings.userdata_dir, note.domid, note.uuid, "libxl-json", text);
    if (!kept) log::warning("{}", kept.error().text());
}

Result<> Adopter::finish(const AdoptNote& note,
                         const std::optional<config::DomainConfig>& config) const {
    lives::Record record;
    record.uuid = note.uuid;
    record.name = note.name;
    record.domid = note.domid;
    record.created_ms = record.born_ms = note.found_ms;
    record.policies = config ? lives::policies_of(*config) : kEndsForGood;
    if (config) {
        ZEROTH_CHECK(ground_.registry.begin(record, request_of(*config)));
    } else {
        ZEROTH_CHECK(ground_.registry.put(record));
    }
    std::string said = "made by Xen at boot";
    if (note.state == State::kHasNoStore) said += ", without XenStore (no xen,enhanced)";
    if (!config) {
        said += fmt::format("; no config in {} is for it: it cannot be started again", configs_);
    } else if (const auto plan = service_.plan(request_of(*config)); !plan) {
        said += "; as its config is now, it could not be started again: " + plan.error().text();
    }
    log::info("domain {} ({}) is adopted: {}", note.domid.raw(), note.name, said);
    tell(ground_.events, event::kAdopted, note.domid, record, said);
    return {};
}

std::optional<config::DomainConfig> Adopter::config_named(const std::string& name) const {
    for (auto& found : read_adopt_configs(configs_)) {
        if (found.config.name == name) return std::move(found.config);
    }
    return std::nullopt;
}

lives::Record Adopter::with_config(lives::Record record) const {
    if (!find_adopt_note(ground_.settings.state_dir, record)) return record;
    const auto config = config_named(record.name);
    if (!config) return record;
    record.policies = lives::policies_of(*config);
    if (const auto set = ground_.registry.begin(record, request_of(*config)); !set) {
        log::warning("{}", set.error().text());
    }
    return record;
}

}  // namespace zeroth::daemon
