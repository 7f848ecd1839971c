// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "daemon/supervisor/supervisor.hpp"
#include "daemon/tell.hpp"
#include "daemon/userdata.hpp"

/// on_crash="rename-restart" and its kin: the life that ended is kept, under another name and UUID.
namespace zeroth::daemon {
namespace {

std::string vm_of(const Uuid& uuid) { return "/vm/" + uuid.text(); }

/// What the reference moves: name and UUID, wherever they stand.
std::vector<xs::Change> renaming(DomainId domain, const std::string& name, const Uuid& from,
                                 const Uuid& uuid, const std::string& start_time) {
    const auto home = fmt::format("/local/domain/{}", domain.raw());
    const auto vm = vm_of(uuid);
    std::vector<xs::Change> changes;
    changes.emplace_back(xs::Remove{vm_of(from)});
    changes.emplace_back(xs::Write{vm, ""});
    changes.emplace_back(xs::Write{vm + "/uuid", uuid.text()});
    changes.emplace_back(xs::Write{vm + "/name", name});
    changes.emplace_back(xs::Write{vm + "/start_time", start_time});
    changes.emplace_back(xs::Write{home + "/vm", vm});
    changes.emplace_back(xs::Write{home + "/name", name});
    return changes;
}

std::string free_name(const lives::Registry& registry, const std::string& wanted) {
    auto name = wanted;
    for (unsigned i = 2; registry.find_name(name); ++i) name = fmt::format("{}-{}", wanted, i);
    return name;
}

}  // namespace

/// Its new UUID comes last: as long as it has the old one, this is done again.
Result<> Supervisor::retire(const lives::Record& record) {
    const auto info = xen_.domain(record.domid);
    if (!info || info->handle != record.uuid) return {};
    const auto uuid = *record.retire_as;
    const auto half_done = registry_.find(uuid);
    lives::Record kept;
    kept.uuid = uuid;
    kept.name = half_done ? half_done->name
                          : free_name(registry_, lives::retired_name(record.name, lives::now_ms()));
    kept.domid = record.domid;
    kept.created_ms = record.created_ms;
    kept.born_ms = record.born_ms;
    kept.died_ms = record.died_ms;
    kept.last_code = record.last_code;
    kept.preserved = true;
    ZEROTH_TRY(auto request, registry_.request(record.uuid));
    request.config.name = kept.name;
    kept.policies = record.policies;
    ZEROTH_CHECK(registry_.begin(kept, std::move(request)));
    ZEROTH_TRY(auto store, ground_.stores.lease());
    const std::vector<std::string> starts{vm_of(record.uuid) + "/start_time",
                                          vm_of(uuid) + "/start_time"};
    ZEROTH_TRY(const auto start, store->read(starts));
    ZEROTH_CHECK(store->apply(renaming(record.domid, kept.name, record.uuid, uuid,
                                       start[0].value_or(start[1].value_or("")))));
    service_.rename_consoles(record.domid, kept.name);
    move_userdata(ground_.settings.userdata_dir, record.domid, record.uuid, uuid);
    ZEROTH_CHECK(xen_.set_handle(record.domid, uuid));
    tell(ground_.events, event::kRenamed, record.domid, kept,
         fmt::format("it was {}, which begins another life", record.name));
    return {};
}

}  // namespace zeroth::daemon
