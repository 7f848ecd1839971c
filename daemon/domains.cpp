// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <map>

#include "daemon/api/json.hpp"
#include "daemon/api/reference_json.hpp"
#include "daemon/cpus/scheduler.hpp"
#include "daemon/service.hpp"
#include "daemon/userdata.hpp"
#include "libdomain/config/cpu_set.hpp"

namespace zeroth::daemon {
namespace {

double to_seconds(std::chrono::nanoseconds time) { return static_cast<double>(time.count()) / 1e9; }

api::Domain to_api(const hyper::DomainInfo& info) {
    api::Domain domain;
    domain.domid = info.id.raw();
    domain.uuid = info.handle;
    domain.memory_kib = pages_to_kib(info.tot_pages).raw();
    domain.max_memory_kib = pages_to_kib(info.max_pages).raw();
    domain.outstanding_kib = pages_to_kib(info.outstanding_pages).raw();
    domain.vcpus = info.nr_online_vcpus;
    domain.max_vcpu_id = info.max_vcpu_id;
    domain.running = info.running;
    domain.blocked = info.blocked;
    domain.paused = info.paused;
    domain.shutdown = info.shutdown;
    domain.dying = info.dying;
    if (info.shutdown) domain.shutdown_code = info.shutdown_code;
    domain.cpu_seconds = to_seconds(info.cpu_time);
    domain.cpupool = info.cpupool.raw();
    domain.ssidref = info.ssidref;
    return domain;
}

std::optional<std::uint64_t> dom0_uptime() {
    double seconds = 0;
    std::ifstream file{"/proc/uptime"};
    if (!(file >> seconds)) return std::nullopt;
    return static_cast<std::uint64_t>(seconds);
}

/// Since `start`, seconds since 1970 with a fraction, as /vm/<uuid>/start_time has it.
std::optional<std::uint64_t> since(const std::optional<std::string>& start) {
    if (!start || start->empty()) return std::nullopt;
    const auto began = std::strtoll(start->c_str(), nullptr, 10);
    const auto now = std::chrono::duration_cast<std::chrono::seconds>(
                         std::chrono::system_clock::now().time_since_epoch())
                         .count();
    return now < began ? 0 : static_cast<std::uint64_t>(now - began);
}

Result<std::vector<api::Vcpu>> vcpus_of(const hyper::Hypervisor& xen,
                                        const hyper::DomainInfo& info) {
    std::vector<api::Vcpu> vcpus;
    for (std::uint32_t i = 0; i <= info.max_vcpu_id; ++i) {
        const auto seen = xen.vcpu_info(info.id, VcpuId{i});
        // A vCPU that was never made leaves a hole in the numbering.
        if (!seen && (seen.error().is(ESRCH) || seen.error().is(EINVAL))) continue;
        ZEROTH_CHECK(Result<hyper::VcpuInfo>{seen});
        ZEROTH_TRY(const auto affinity, xen.affinity(info.id, VcpuId{i}));
        vcpus.push_back({i, seen->online, seen->running, seen->blocked, seen->cpu.raw(),
                         to_seconds(seen->cpu_time), config::print_cpu_map(affinity.hard),
                         config::print_cpu_map(affinity.soft)});
    }
    return vcpus;
}

void add_record(api::Domain& domain, const lives::Record& record) {
    // Its nodes are gone already, or are not there yet.
    if (domain.name.empty()) domain.name = record.name;
    domain.restarting = record.between_lives();
    if (domain.restarting && record.not_before_ms > lives::now_ms()) {
        domain.restarts_at_ms = record.not_before_ms;
    }
    domain.restart_trouble = record.trouble;
    domain.lives = record.lives;
    domain.short_lives = record.short_lives;
    domain.adopted = record.keeper == lives::Keeper::kOther;
}

/// As it looked when its last life ended, but for the memory, which is not its own any more.
api::Domain between_lives(const lives::Record& record) {
    api::Domain domain;
    domain.domid = record.domid.raw();
    domain.uuid = record.uuid;
    domain.shutdown = true;
    domain.shutdown_code = record.last_code;
    add_record(domain, record);
    domain.restarting = true;
    return domain;
}

/// Xen's list was made between `before` and `after`. A domain that it does not have is between two
/// lives if either says so, or if they name different lives.
void add_lives(std::vector<api::Domain>& domains, const std::vector<lives::Record>& before,
               const std::vector<lives::Record>& after) {
    std::map<Uuid, const lives::Record*> records, missing;
    for (const auto& record : after) records.emplace(record.uuid, &record);
    for (const auto& old : before) {
        const auto now = records.find(old.uuid);
        if (now == records.end() || old.intent == lives::Intent::kCreating) continue;
        const auto& record = *now->second;
        if (old.between_lives() || record.between_lives() || old.domid != record.domid) {
            missing.emplace(old.uuid, &record);
        }
    }
    for (auto& domain : domains) {
        missing.erase(domain.uuid);
        const auto record = records.find(domain.uuid);
        if (record != records.end()) add_record(domain, *record->second);
    }
    for (const auto& [uuid, record] : missing) {
        const auto place = std::ranges::upper_bound(domains, std::uint32_t{record->domid.raw()}, {},
                                                    &api::Domain::domid);
        domains.insert(place, between_lives(*record));
    }
}

}  // namespace

Result<std::vector<api::Domain>> Service::with_nodes(const std::vector<hyper::DomainInfo>& infos,
                                                     With with, xs::Store& store) {
    std::vector<std::string> paths;
    for (const auto& info : infos) {
        paths.push_back(fmt::format("/local/domain/{}/name", info.id.raw()));
        if (with != With::kUptime) continue;
        paths.push_back(fmt::format("/vm/{}/start_time", info.handle.text()));
        paths.push_back(fmt::format("/local/pool/{}/name", info.cpupool.raw()));
    }
    ZEROTH_TRY(const auto values, store.read(paths));
    std::vector<api::Domain> domains;
    auto value = values.begin();
    for (const auto& info : infos) {
        auto& domain = domains.emplace_back(to_api(info));
        domain.name = (value++)->value_or("");
        if (with != With::kUptime) continue;
        domain.uptime_seconds = info.id == kDomain0 ? dom0_uptime() : since(*value);
        ++value;
        domain.cpupool_name = (value++)->value_or("");
    }
    return domains;
}

Result<std::vector<api::Domain>> Service::domains(With with) {
    ZEROTH_TRY(auto store, stores_.lease());
    const auto before = registry_.all();
    ZEROTH_TRY(const auto infos, xen_.domains());
    ZEROTH_TRY(auto domains, with_nodes(infos, with, *store));
    add_lives(domains, before, registry_.all());
    return domains;
}

Result<api::Domain> Service::domain(DomainId id, With with) {
    ZEROTH_TRY(auto store, stores_.lease());
    if (const auto info = xen_.domain(id)) {
        ZEROTH_TRY(auto domains, with_nodes({*info}, with, *store));
        if (const auto record = registry_.find(info->handle)) add_record(domains[0], *record);
        return domains[0];
    }
    // Between two lives only a list knows it; the next one, being made, has another number.
    const auto record = registry_.find(id);
    ZEROTH_TRY(const auto all, this->domains(with));
    for (const auto& domain : all) {
        if (domain.domid == id.raw() || (record && domain.uuid == record->uuid)) return domain;
    }
    return fail(Error::message(ESRCH, fmt::format("there is no domain {}", id.raw())));
}

Result<std::vector<api::Vcpu>> Service::vcpus(DomainId id) {
    ZEROTH_TRY(const auto info, xen_.domain(id));
    return vcpus_of(xen_, info);
}

Result<std::vector<api::DomainVcpus>> Service::all_vcpus() {
    ZEROTH_TRY(auto store, stores_.lease());
    ZEROTH_TRY(const auto infos, xen_.domains());
    ZEROTH_TRY(const auto names, names_of(infos, *store));
    std::vector<api::DomainVcpus> all;
    for (std::size_t i = 0; i < infos.size(); ++i) {
        auto vcpus = vcpus_of(xen_, infos[i]);
        if (!vcpus && vcpus.error().is(ESRCH)) continue;  // it ended while we looked
        ZEROTH_CHECK(Result<std::vector<api::Vcpu>>{vcpus});
        all.push_back({infos[i].id.raw(), names[i].value_or(""), *std::move(vcpus)});
    }
    return all;
}

Result<> Service::set_affinity(DomainId id, std::optional<VcpuId> vcpu,
                               const api::AffinityRequest& request) {
    hyper::Hypervisor::Affinity wanted;
    const auto read_map = [&](const std::optional<std::string>& text,
                              hyper::CpuMap& map) -> Result<> {
        if (!text) return {};
        ZEROTH_TRY(const auto selection, config::CpuSelection::parse(*text));
        ZEROTH_TRY(map, config::expand(selection, facts_.node_of_cpu));
        return {};
    };
    ZEROTH_CHECK(read_map(request.hard, wanted.hard));
    ZEROTH_CHECK(read_map(request.soft, wanted.soft));
    if (vcpu) return xen_.set_affinity(id, *vcpu, wanted, request.force);
    ZEROTH_TRY(const auto info, xen_.domain(id));
    for (std::uint32_t i = 0; i <= info.max_vcpu_id; ++i) {
        ZEROTH_CHECK(xen_.set_affinity(id, VcpuId{i}, wanted, request.force));
    }
    return {};
}

namespace {

/// Whether the text kept beside a domain has the parts that we write into.
bool is_config(const boost::json::value& value) {
    const auto* whole = value.if_object();
    if (whole == nullptr) return false;
    const auto *c_info = whole->if_contains("c_info"), *b_info = whole->if_contains("b_info");
    return c_info != nullptr && c_info->is_object() && b_info != nullptr && b_info->is_object();
}

std::uint64_t number(const std::optional<std::string>& text, std::uint64_t fallback) {
    return text && !text->empty() ? std::strtoull(text->c_str(), nullptr, 10) : fallback;
}

}  // namespace

Result<std::string> Service::config_json(DomainId id) {
    ZEROTH_TRY(auto store, stores_.lease());
    ZEROTH_TRY(const auto info, xen_.domain(id));
    const std::string home = fmt::format("/local/domain/{}", id.raw());
    const std::vector<std::string> paths{home + "/name", home + "/memory/static-max",
                                         home + "/memory/target"};
    ZEROTH_TRY(const auto values, store->read(paths));
    const auto memory = pages_to_kib(info.tot_pages).raw();
    const auto max_memory = number(values[1], memory), target = number(values[2], memory);
    // Also what there is to say of a domain whose config nobody kept.
    auto config = api::domain0_reference_json(max_memory, target);
    if (const auto kept = read_userdata(settings_.userdata_dir, id, info.handle)) {
        ZEROTH_TRY(auto parsed, api::parse_userdata(*kept));
        if (is_config(parsed)) config = std::move(parsed);
    }
    config.at("c_info").as_object()["name"] = values[0].value_or("");
    config.at("b_info").as_object()["max_memkb"] = max_memory;
    config.at("b_info").as_object()["target_memkb"] = target;
    if (const auto sched = xen_.sched_params(id); sched && sched->weight) {
        api::set_scheduler(config, scheduler_name(sched->scheduler), *sched->weight,
                           sched->cap.value_or(0));
    }
    return boost::json::serialize(config);
}

}  // namespace zeroth::daemon
