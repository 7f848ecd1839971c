// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <filesystem>

#include "daemon/lives/damping.hpp"
#include "daemon/supervisor/supervisor.hpp"
#include "daemon/tell.hpp"
#include "daemon/userdata.hpp"

/// What a former xld left under way is finished, or undone.
namespace zeroth::daemon {

using lives::Intent;

Supervisor::Supervisor(const Ground& ground, Service& service, boost::asio::io_context& io,
                       boost::asio::thread_pool& workers, xs::LastingClient& store)
    : ground_{ground},
      xen_{ground.xen},
      registry_{ground.registry},
      service_{service},
      adopter_{ground, service},
      io_{io},
      workers_{workers},
      store_{store},
      newcomers_{ground.xen} {}

std::vector<std::string> Supervisor::recover() {
    std::vector<std::string> told;
    const auto infos = xen_.domains();
    // Without Xen's answer nothing can be told apart; the next look comes soon.
    if (!infos) return told;
    for (const auto& record : registry_.all()) {
        if (record.intent == Intent::kNone) continue;
        auto lane = ground_.lanes.enter(record.uuid, lives::Doing::kRestarting);
        if (!lane) continue;
        if (auto said = recover_one(record, *infos); !said.empty()) told.push_back(std::move(said));
    }
    return told;
}

/// The plan's last steps: the config is saved, and the guest set off where it is to run at once.
bool Supervisor::is_complete(const lives::Record& record, const hyper::DomainInfo& info) const {
    const bool waits = record.paused && record.intent == Intent::kCreating;
    const auto saved =
        userdata_path(ground_.settings.userdata_dir, fmt::format("{}", info.id.raw()), record.uuid);
    std::error_code error;
    return waits ? std::filesystem::exists(saved, error) : !info.paused;
}

std::string Supervisor::recover_one(const lives::Record& record,
                                    const std::vector<hyper::DomainInfo>& infos) {
    const auto named = fmt::format("domain {}", record.name);
    const hyper::DomainInfo* begun = nullptr;
    for (const auto& info : infos) {
        const bool old = record.between_lives() && info.id == record.domid;
        if (info.handle == record.uuid && !info.dying && !old) begun = &info;
    }
    if (record.intent == Intent::kDestroying) {
        finish_destroy(record);
        return named + ": its end is completed";
    }
    if (begun != nullptr && is_complete(record, *begun)) {
        const auto id = begun->id;
        const auto now = registry_.change(record.uuid, [&](lives::Record& its) {
            if (its.intent == Intent::kCreating) --its.lives;
            lives::note_birth(its, lives::now_ms(), id);
        });
        tell(ground_.events, now->lives > 1 ? event::kRestarted : event::kCreated, id, *now);
        return named + ": it lives already, as " + fmt::to_string(id.raw());
    }
    if (record.intent == Intent::kRestarting) {
        attend_soon(record.uuid);
        return named + ": its next life is under way again";
    }
    const auto undone = service_.end_lives(record.uuid, record.domid);
    if (!undone) return named + " is half made and could not be undone: " + undone.error().text();
    registry_.remove(record.uuid);
    return named + " was half made and is undone";
}

}  // namespace zeroth::daemon
