// SPDX-License-Identifier: Apache-2.0
#include "daemon/service.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "core/log.hpp"
#include "daemon/adopt/notes.hpp"

namespace zeroth::daemon {
Service::Service(const Ground& ground)
    : xen_{ground.xen},
      grants_{ground.grants},
      stores_{ground.stores},
      events_{ground.events},
      facts_{ground.facts},
      settings_{ground.settings},
      registry_{ground.registry},
      lanes_{ground.lanes},
      metrics_{ground.metrics},
      dom0_{ground.dom0},
      traces_{metrics_} {}

Result<> Service::debug_keys(std::string_view keys) { return xen_.debug_keys(keys); }

Result<std::vector<api::Parameter>> Service::parameters() {
    ZEROTH_TRY(const auto found, xen_.parameters());
    std::vector<api::Parameter> all;
    for (const auto& one : found) all.push_back({one.name, one.value, one.writable});
    return all;
}

Result<> Service::set_parameter(const api::ParameterRequest& request) {
    auto done = xen_.set_parameter(request.name, request.value);
    if (done || !done.error().is(ENOENT)) return done;
    std::string names;
    if (const auto all = parameters())
        for (const auto& one : *all)
            if (one.writable) names += (names.empty() ? "" : ", ") + one.name;
    return fail(Error::message(ENOENT, fmt::format("this Xen has no parameter `{}' that can be "
                                                   "changed while it runs",
                                                   request.name))
                    .with_hint("It has " + names + "."));
}

Result<std::string> Service::console_log(hyper::Hypervisor::Clear clear) {
    return xen_.console_log(clear);
}

std::vector<std::string> Service::name_paths(const std::vector<hyper::DomainInfo>& infos) {
    std::vector<std::string> paths;
    for (const auto& info : infos) {
        paths.push_back(fmt::format("/local/domain/{}/name", info.id.raw()));
    }
    return paths;
}

Result<std::vector<std::optional<std::string>>> Service::names_of(
    const std::vector<hyper::DomainInfo>& infos, xs::Store& store) {
    return store.read(name_paths(infos));
}

Result<std::vector<plan::KnownDomain>> Service::holders(std::string_view name,
                                                        const std::optional<Uuid>& uuid,
                                                        xs::Store& store) {
    if (find_holders_) return find_holders_(name, uuid);
    ZEROTH_TRY(const auto infos, xen_.domains());
    ZEROTH_TRY(const auto names, names_of(infos, store));
    std::vector<plan::KnownDomain> all;
    for (std::size_t i = 0; i < infos.size(); ++i) {
        // One that is dying has neither name nor UUID any more.
        if (!infos[i].dying) all.push_back({infos[i].id, names[i].value_or(""), infos[i].handle});
    }
    return all;
}

Result<DomainId> Service::find(std::string_view id_or_name) {
    if (!id_or_name.empty() &&
        std::ranges::all_of(id_or_name, [](char c) { return c >= '0' && c <= '9'; })) {
        std::uint16_t id = 0;
        const auto end = id_or_name.data() + id_or_name.size();
        const auto parsed = std::from_chars(id_or_name.data(), end, id);
        if (parsed.ec == std::errc{} && id < kFirstReservedDomain) {
            const auto found = xen_.domain(DomainId{id});
            const auto between = registry_.find(DomainId{id});
            if (!found && !(between && between->between_lives())) return fail(found.error());
            return DomainId{id};
        }
    } else {
        const auto before = registry_.find_name(id_or_name);
        ZEROTH_TRY(auto store, stores_.lease());
        ZEROTH_TRY(const auto named, holders(id_or_name, {}, *store));
        for (const auto& domain : named) {
            if (domain.name == id_or_name) return domain.id;
        }
        // Between two lives, or in the next one since we looked.
        const auto now = registry_.find_name(id_or_name);
        if (now && (now->between_lives() || (before && before->domid != now->domid)))
            return now->domid;
    }
    return fail(Error::message(ESRCH, fmt::format("there is no domain '{}'", id_or_name)));
}

Result<api::Console> Service::console(DomainId id, const std::string& type, std::uint32_t number) {
    std::string folder = "console";
    if (type == "vuart" || type == "serial") {
        folder = fmt::format("{}/{}", type, number);
    } else if (type != "pv") {
        return fail(Error::message(EINVAL, fmt::format("there is no kind of console '{}'", type)));
    } else if (number > 0) {
        folder = fmt::format("device/console/{}", number);
    }
    ZEROTH_TRY(auto store, stores_.lease());
    ZEROTH_TRY(const auto info, xen_.domain(id));
    ZEROTH_CHECK(check_own_console(settings_.state_dir, registry_.find(info.handle)));
    ZEROTH_TRY(auto tty, store->read_one(fmt::format("/local/domain/{}/{}/tty", id.raw(), folder)));
    return api::Console{id.raw(), tty.value_or(""), type, number};
}

void Service::rename_consoles(DomainId id, const std::string& name) const {
    if (!rename_consoles_) return;
    if (const auto done = rename_consoles_(id, name); !done) {
        log::warning("the logs of domain {}'s consoles keep their name: {}", id.raw(),
                     done.error().text());
    }
}

}  // namespace zeroth::daemon
