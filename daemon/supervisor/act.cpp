// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <chrono>
#include <filesystem>

#include "core/log.hpp"
#include "daemon/lives/damping.hpp"
#include "daemon/lives_metrics.hpp"
#include "daemon/supervisor/supervisor.hpp"
#include "daemon/tell.hpp"
#include "daemon/userdata.hpp"
#include "libdomain/build/dump_core.hpp"
#include "libdomain/config/parse.hpp"

/// What is done when a life ends.
namespace zeroth::daemon {

namespace asio = boost::asio;
using lives::Doing;
using lives::Fate;
using lives::Intent;

namespace {

/// So many domains are attended to at once; workers are left for those who ask.
constexpr std::size_t kAttended = 4;

}  // namespace

void Supervisor::attend_soon(const Uuid& uuid) {
    {
        const std::lock_guard lock{mutex_};
        if (stopping_ || !in_queue_.insert(uuid).second) return;
        to_attend_.push_back(uuid);
        if (attending_ == kAttended) return;
        ++attending_;
    }
    asio::post(workers_, [this] { attend_next(); });
}

void Supervisor::attend_next() {
    Uuid uuid;
    {
        const std::lock_guard lock{mutex_};
        if (to_attend_.empty() || stopping_) {
            --attending_;
            return;
        }
        uuid = to_attend_.front();
        to_attend_.pop_front();
        in_queue_.erase(uuid);
    }
    attend(uuid);
    // Posted, so that whoever asks for something comes in between.
    asio::post(workers_, [this] { attend_next(); });
}

/// Does the one thing that is to be done next.
void Supervisor::attend(const Uuid& uuid) {
    // Who is at it already does it, or undoes it.
    auto lane = ground_.lanes.enter(uuid, Doing::kRestarting);
    if (!lane) return;
    const auto record = registry_.find(uuid);
    if (!record) return;
    switch (record->intent) {
        case Intent::kNone: {
            const auto info = xen_.domain(record->domid);
            const bool over = info && info->handle == uuid && info->shutdown && !info->dying;
            if (over && !record->preserved) end_of_life(*record, *info);
            return;
        }
        case Intent::kRestarting:
            return restart(*record);
        case Intent::kCreating:
        case Intent::kDestroying:
            return finish_destroy(*record);
    }
}

/// Another toolstack may have renamed it.
lives::Record Supervisor::with_true_name(lives::Record record) {
    auto store = ground_.stores.lease();
    if (!store) return record;
    const auto name = (*store)->read_one(fmt::format("/local/domain/{}/name", record.domid.raw()));
    if (!name || !*name || (*name)->empty() || **name == record.name) return record;
    record.name = **name;
    registry_.change(record.uuid, [&](lives::Record& its) { its.name = record.name; });
    return record;
}

void Supervisor::end_of_life(lives::Record record, const hyper::DomainInfo& info) {
    record = with_true_name(std::move(record));
    const auto reason = lives::reason_text(info.shutdown_code);
    log::info("domain {} ({}) has shut down: {}", info.id.raw(), record.name, reason);
    tell(ground_.events, event::kShutdown, info.id, record, {}, reason);
    const auto stays = [&] {
        registry_.change(record.uuid, [](lives::Record& its) { its.preserved = true; });
    };
    if (record.keeper == lives::Keeper::kOther) return stays();
    record = adopter_.with_config(std::move(record));
    const auto verdict = lives::judge(record.policies, info.shutdown_code);
    if (verdict.fate == Fate::kNothing) return stays();
    log::info("domain {} ({}): {} asks for {}{}{}", info.id.raw(), record.name, reason,
              verdict.action, verdict.remark.empty() ? "" : "; ", verdict.remark);
    tell(ground_.events, event::kPolicy, info.id, record, verdict.remark, verdict.action);
    count_policy(ground_.metrics, reason, verdict.action);
    if (verdict.dump_core) dump(record);
    if (verdict.fate == Fate::kPreserve) return stays();
    if (stopping_) return;  // the next xld takes it from the start
    const bool again = verdict.fate != Fate::kDestroy;
    if (again) take_new_config(record);
    const auto now = lives::now_ms();
    const auto next = registry_.change(record.uuid, [&](lives::Record& its) {
        if (its.intent != Intent::kNone) return;  // somebody destroys it
        lives::note_death(its, now, info.shutdown_code);
        its.intent = again ? Intent::kRestarting : Intent::kDestroying;
        if (verdict.fate == Fate::kRenameAndRestart) its.retire_as = Uuid::random();
    });
    if (!next) return;
    if (next->intent == Intent::kRestarting) return restart(*next);
    if (!again) finish_destroy(*next);
}

void Supervisor::dump(const lives::Record& record) {
    const auto& folder = ground_.settings.dump_dir;
    std::error_code made;
    if (std::filesystem::create_directories(folder, made)) {
        std::filesystem::permissions(folder, std::filesystem::perms::owner_all, made);
    }
    const auto path = folder + "/" + record.name;
    const auto done = build::dump_core(xen_, record.domid, path,
                                       [&] { return stopping_ || called_off(record.uuid); });
    const auto said = done ? "its memory is in " + path : "no core dump: " + done.error().text();
    log::info("domain {} ({}): {}", record.domid.raw(), record.name, said);
    tell(ground_.events, done ? event::kDumped : event::kDumpFailed, record.domid, record, said);
}

/// What `xl config-update` left for the next life, this or another toolstack's; it is used once.
void Supervisor::take_new_config(const lives::Record& record) {
    const auto text = read_userdata(ground_.settings.userdata_dir, record.domid, record.uuid, "xl");
    if (!text) return;
    config::Source source;
    source.name = "config-update";
    source.text = *text;
    const auto parsed = config::parse(source, config::Form::kXl);
    if (!parsed.config) {
        return log::warning("domain {} ({}): its new config is not understood and not used",
                            record.domid.raw(), record.name);
    }
    api::CreateRequest request;
    request.config = *parsed.config;
    if (const auto set = registry_.set_request(record.uuid, std::move(request)); !set) {
        log::warning("{}", set.error().text());
    }
}

bool Supervisor::called_off(const Uuid& uuid) const {
    const auto record = registry_.find(uuid);
    return !record || record->intent == Intent::kDestroying;
}

void Supervisor::finish_destroy(const lives::Record& record) {
    const auto done = service_.end_lives(record.uuid, record.domid);
    if (!done) {
        return log::warning("domain {} ({}): {}", record.domid.raw(), record.name,
                            done.error().text());
    }
    registry_.remove(record.uuid);
    tell(ground_.events, event::kDestroyed, record.domid, record);
}

/// For a domain that has no number of its own until its next life: one that Xen gives last.
DomainId Supervisor::unused_domid() const {
    auto id = static_cast<std::uint16_t>(kFirstReservedDomain - 1);
    while (registry_.find(DomainId{id}) || xen_.domain(DomainId{id})) --id;
    return DomainId{id};
}

void Supervisor::restart(lives::Record record) {
    if (record.retire_as) {
        if (const auto retired = retire(record); !retired) {
            log::error("domain {} ({}) stays as it is: {}", record.domid.raw(), record.name,
                       retired.error().text());
            registry_.change(record.uuid, [](lives::Record& its) {
                its.intent = Intent::kNone;
                its.retire_as = {};
                its.preserved = true;
            });
            return;
        }
        // The number is the retired life's.
        record.domid = unused_domid();
        registry_.change(record.uuid, [&](lives::Record& its) {
            its.retire_as = {};
            its.domid = record.domid;
        });
    }
    // Its memory is needed for the next life.
    if (const auto ended = service_.end_lives(record.uuid, record.domid); !ended) {
        return log::warning("domain {} ({}): {}", record.domid.raw(), record.name,
                            ended.error().text());
    }
    if (record.not_before_ms <= lives::now_ms()) return start_again(record);
    const bool told = record.damping_told == record.not_before_ms;
    if (!told && record.trouble.empty()) {
        const auto said =
            fmt::format("its last {} lives were shorter than {} s each: the next begins in {} s",
                        record.short_lives, lives::kShortLife.count(),
                        (record.not_before_ms - lives::now_ms() + 999) / 1000);
        log::warning("domain {} ({}): {}", record.domid.raw(), record.name, said);
        tell(ground_.events, event::kDamped, record.domid, record, said);
        count_restart(ground_.metrics, Restart::kDamped);
        registry_.change(record.uuid,
                         [&](lives::Record& its) { its.damping_told = record.not_before_ms; });
    }
    wait_until(record.uuid, record.not_before_ms);
}

void Supervisor::start_again(const lives::Record& record) {
    const auto domid =
        service_.next_life(record, [&] { return stopping_ || called_off(record.uuid); });
    if (domid) {
        const auto now = registry_.change(record.uuid, [&](lives::Record& its) {
            if (its.intent == Intent::kRestarting) {
                lives::note_birth(its, lives::now_ms(), *domid);
            } else {
                its.domid = *domid;  // somebody destroys it
            }
        });
        count_restart(ground_.metrics, Restart::kDone);
        log::info("domain {} ({}) lives again, as {}", record.domid.raw(), record.name,
                  domid->raw());
        if (now) {
            tell(ground_.events, event::kRestarted, *domid, *now,
                 fmt::format("life {}", now->lives));
        }
        return look_soon();
    }
    if (stopping_ || called_off(record.uuid)) return;  // its record says how to go on
    const auto why = domid.error().text();
    const auto now = registry_.change(record.uuid, [&](lives::Record& its) {
        lives::note_failed_start(its, lives::now_ms(), why);
    });
    if (!now) return;
    count_restart(ground_.metrics, Restart::kFailed);
    log::error("domain {} ({}) cannot be started again: {}", record.domid.raw(), record.name, why);
    tell(ground_.events, event::kRestartFailed, record.domid, record, why);
    wait_until(record.uuid, now->not_before_ms);
}

void Supervisor::wait_until(const Uuid& uuid, std::int64_t time_ms) {
    asio::post(io_, [this, uuid, time_ms] {
        const std::chrono::milliseconds left{std::max<std::int64_t>(time_ms - lives::now_ms(), 0)};
        const auto [timer, added] = timers_.try_emplace(uuid, io_);
        // One that is set already is set again: waking twice does no harm.
        timer->second.expires_after(left);
        timer->second.async_wait([this, uuid](const boost::system::error_code& error) {
            if (error) return;
            timers_.erase(uuid);
            attend_soon(uuid);
        });
    });
}

}  // namespace zeroth::daemon
