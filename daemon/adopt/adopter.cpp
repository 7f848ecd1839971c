// SPDX-License-Identifier: Apache-2.0
#include "daemon/adopt/adopter.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "core/log.hpp"
#include "daemon/adopt/configs.hpp"
#include "daemon/api/reference_json.hpp"
#include "daemon/tell.hpp"
#include "daemon/userdata.hpp"
#include "libdomain/build/nodes.hpp"
#include "libdomain/build/store_page.hpp"
#include "libdomain/plan/nodes.hpp"

namespace zeroth::daemon {
namespace {

using lives::Intent;
using lives::Maker;

/// Without a config there is nothing to start it from again.
constexpr lives::Policies kEndsForGood{config::Action::kDestroy, config::Action::kDestroy,
                                       config::Action::kDestroy, config::Action::kDestroy,
                                       config::Action::kDestroy};

std::string free_name(const lives::Registry& registry, DomainId domain) {
    const auto wanted = fmt::format("dom0less-{}", domain.raw());
    auto name = wanted;
    for (unsigned i = 2; registry.find_name(name); ++i) name = fmt::format("{}-{}", wanted, i);
    return name;
}

api::CreateRequest request_of(const config::DomainConfig& config) {
    api::CreateRequest request;
    request.config = config;
    return request;
}

plan::NodeFacts facts_of(const lives::Record& record, const hyper::DomainInfo& info,
                         const std::optional<build::StoreRing>& ring) {
    plan::NodeFacts facts;
    facts.name = record.name;
    facts.uuid = record.uuid;
    facts.memory = facts.maxmem = pages_to_kib(info.tot_pages);
    facts.max_vcpus = facts.online_vcpus = info.max_vcpu_id + 1;
    facts.console = false;
    facts.store = ring ? std::optional{ring->frame} : std::nullopt;
    return facts;
}

Result<DomainId> store_domain(xs::Store& store) {
    ZEROTH_TRY(const auto text, store.read_one("/tool/xenstored/domid"));
    return DomainId{static_cast<std::uint16_t>(text ? std::strtoul(text->c_str(), nullptr, 10)
                                                    : std::uint16_t{0})};
}

}  // namespace

bool Adopter::wants(const hyper::DomainInfo& info) const {
    if (info.handle != Uuid{} || info.id == kDomain0 || info.dying || info.xs_domain) return false;
    auto store = ground_.stores.lease();
    if (!store) return false;
    const auto name = (*store)->read_one(fmt::format("/local/domain/{}/name", info.id.raw()));
    return name && !*name;
}

Result<lives::Record> Adopter::begin(const hyper::DomainInfo& info) const {
    auto& registry = ground_.registry;
    if (const auto begun = registry.find(info.id); begun && begun->intent == Intent::kAdopting) {
        return *begun;
    }
    const auto configs = read_adopt_configs(ground_.settings.adopt_dir);
    const auto* const config = choose_config(configs, info.id, [&](const AdoptConfig& its) {
        return registry.find_name(its.config.name) ||
               (its.config.uuid && registry.find(*its.config.uuid));
    });
    lives::Record record;
    record.domid = info.id;
    record.maker = Maker::kXen;
    record.intent = Intent::kAdopting;
    record.created_ms = record.born_ms = lives::now_ms();
    if (config == nullptr) {
        record.uuid = Uuid::random();
        record.name = free_name(registry, info.id);
        record.policies = kEndsForGood;
        ZEROTH_CHECK(registry.put(record));
        return record;
    }
    record.uuid = config->config.uuid.value_or(Uuid::random());
    record.name = config->config.name;
    record.policies = lives::policies_of(config->config);
    ZEROTH_CHECK(registry.begin(record, request_of(config->config)));
    return record;
}

Result<> Adopter::go_on(const lives::Record& record) const {
    const auto info = ground_.xen.domain(record.domid);
    if (!info && !info.error().is(ESRCH)) return fail(info.error());
    if (!info || info->dying || (info->handle != Uuid{} && info->handle != record.uuid)) {
        return drop(record);
    }
    if (info->handle != record.uuid) {
        ZEROTH_CHECK(ground_.xen.set_handle(record.domid, record.uuid));
    }
    if (const auto kept = keep_config(record); !kept) log::warning("{}", kept.error().text());
    ZEROTH_TRY(auto store, ground_.stores.lease());
    // Introduced twice, it would lose the watches that it has made since.
    ZEROTH_TRY(bool has_store, store->is_introduced(record.domid));
    if (!has_store) {
        ZEROTH_TRY(has_store, give_store(record, *info, *store));
    }
    finish(record, has_store);
    return {};
}

/// Nodes, and XenStore if it can have it; whether it has.
Result<bool> Adopter::give_store(const lives::Record& record, const hyper::DomainInfo& info,
                                 xs::Store& store) const {
    ZEROTH_TRY(const auto reader, store_domain(store));
    ZEROTH_TRY(const auto ring, build::give_store_page(ground_.xen, info, reader));
    plan::NodeValues values;
    values.domain = info.id;
    values.store_port = ring ? ring->port : Port{};
    values.start_time = build::start_time();
    const auto nodes = plan::make_nodes(facts_of(record, info, ring));
    ZEROTH_CHECK(store.apply(build::to_changes(nodes, values)));
    if (ring) ZEROTH_CHECK(store.introduce(info.id, ring->frame, ring->port));
    return ring.has_value();
}

/// As for a domain that is created: for `xl list -l`, and the reference's tools.
Result<> Adopter::keep_config(const lives::Record& record) const {
    config::DomainConfig config;
    if (const auto request = ground_.registry.request(record.uuid)) config = request->config;
    config.name = record.name;
    config.uuid = record.uuid;
    return write_userdata(ground_.settings.userdata_dir, record.domid, record.uuid, "libxl-json",
                          api::userdata_text(api::stored_reference_json(
                              config, record.uuid, ground_.facts.node_of_cpu)));
}

/// It has ended before it was adopted.
Result<> Adopter::drop(const lives::Record& record) const {
    ZEROTH_CHECK(service_.end_lives(record.uuid, record.domid));
    ground_.registry.remove(record.uuid);
    return {};
}

void Adopter::finish(const lives::Record& record, bool has_store) const {
    const auto now = ground_.registry.change(record.uuid, [&](lives::Record& its) {
        if (its.intent == Intent::kAdopting) its.intent = Intent::kNone;
        its.maker = has_store ? Maker::kXen : Maker::kXenWithoutStore;
        its.trouble.clear();
    });
    if (!now) return;
    const auto request = ground_.registry.request(record.uuid);
    std::string said = "made by Xen at boot";
    if (!has_store) said += ", without XenStore (its node has no xen,enhanced)";
    if (!request) {
        said += fmt::format("; no config in {} is for it: it cannot be started again",
                            ground_.settings.adopt_dir);
    } else if (const auto plan = service_.plan(*request); !plan) {
        said += "; as its config is now, it could not be started again: " + plan.error().text();
    }
    log::info("domain {} ({}) is adopted: {}", record.domid.raw(), record.name, said);
    tell(ground_.events, event::kAdopted, record.domid, *now, said);
}

lives::Record Adopter::with_config(lives::Record record) const {
    if (record.maker == Maker::kToolstack) return record;
    for (auto& found : read_adopt_configs(ground_.settings.adopt_dir)) {
        if (found.config.name != record.name) continue;
        found.config.uuid = record.uuid;
        record.policies = lives::policies_of(found.config);
        if (const auto set = ground_.registry.begin(record, request_of(found.config)); !set) {
            log::warning("{}", set.error().text());
        }
        break;
    }
    return record;
}

}  // namespace zeroth::daemon
