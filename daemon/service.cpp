// SPDX-License-Identifier: Apache-2.0
#include "daemon/service.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "daemon/userdata.hpp"
#include "libdomain/build/teardown.hpp"

namespace zeroth::daemon {
namespace {

/// The domid under which a domain that is no more has left nodes; nullopt if it left none.
std::optional<DomainId> left_nodes(xs::Store& store, const Uuid& uuid) {
    const auto ids = store.directory("/local/domain");
    if (!ids) return std::nullopt;
    for (const auto& id : *ids) {
        const auto vm = store.read_one(fmt::format("/local/domain/{}/vm", id));
        if (!vm || *vm != "/vm/" + uuid.text()) continue;
        std::uint16_t number = 0;
        std::from_chars(id.data(), id.data() + id.size(), number);
        return DomainId{number};
    }
    return std::nullopt;
}

}  // namespace

Service::Service(const Ground& ground)
    : xen_{ground.xen},
      grants_{ground.grants},
      stores_{ground.stores},
      events_{ground.events},
      facts_{ground.facts},
      settings_{ground.settings},
      unfinished_{settings_.state_dir + "/creating"} {}

Result<> Service::debug_keys(std::string_view keys) { return xen_.debug_keys(keys); }

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

Result<DomainId> Service::find(std::string_view id_or_name) {
    if (!id_or_name.empty() &&
        std::ranges::all_of(id_or_name, [](char c) { return c >= '0' && c <= '9'; })) {
        std::uint16_t id = 0;
        const auto end = id_or_name.data() + id_or_name.size();
        const auto parsed = std::from_chars(id_or_name.data(), end, id);
        if (parsed.ec == std::errc{} && id < kFirstReservedDomain) {
            ZEROTH_CHECK(xen_.domain(DomainId{id}));
            return DomainId{id};
        }
    } else {
        ZEROTH_TRY(auto store, stores_.lease());
        ZEROTH_TRY(const auto infos, xen_.domains());
        ZEROTH_TRY(const auto names, names_of(infos, *store));
        for (std::size_t i = 0; i < infos.size(); ++i) {
            if (names[i] == id_or_name) return infos[i].id;
        }
    }
    return fail(Error::message(ESRCH, fmt::format("there is no domain '{}'", id_or_name)));
}

Result<> Service::pause(DomainId id) { return xen_.pause(id); }

Result<> Service::unpause(DomainId id) { return xen_.unpause(id); }

Result<> Service::destroy(DomainId id) {
    if (id == kDomain0) return fail(Error::message(EPERM, "domain 0 cannot be destroyed"));
    ZEROTH_TRY(const auto info, xen_.domain(id));
    ZEROTH_TRY(auto store, stores_.lease());
    ZEROTH_CHECK(build::destroy(xen_, *store, id));
    remove_userdata(settings_.userdata_dir, id, info.handle);
    return {};
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
    ZEROTH_CHECK(xen_.domain(id));
    ZEROTH_TRY(auto tty, store->read_one(fmt::format("/local/domain/{}/{}/tty", id.raw(), folder)));
    return api::Console{id.raw(), tty.value_or(""), type, number};
}

std::vector<std::string> Service::clear_unfinished() {
    std::vector<std::string> told;
    const auto infos = xen_.domains();
    auto store = stores_.lease();
    if (!infos || !store) return told;
    for (const auto& uuid : unfinished_.all()) {
        const auto half = std::ranges::find(*infos, uuid, &hyper::DomainInfo::handle);
        const auto id = half != infos->end() ? std::optional{half->id} : left_nodes(**store, uuid);
        if (id) {
            const auto done = half != infos->end()
                                  ? build::destroy(xen_, **store, *id)
                                  : (*store)->apply(build::node_removal(*id, uuid));
            told.push_back(done ? fmt::format("undid the half-made domain {}", id->raw())
                                : fmt::format("could not undo the half-made domain {}: {}",
                                              id->raw(), done.error().text()));
            if (!done) continue;
            remove_userdata(settings_.userdata_dir, *id, uuid);
        }
        unfinished_.end(uuid);
    }
    return told;
}

}  // namespace zeroth::daemon
