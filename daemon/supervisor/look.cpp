// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

#include "core/log.hpp"
#include "daemon/lives/damping.hpp"
#include "daemon/supervisor/supervisor.hpp"
#include "daemon/tell.hpp"

/// What is there, against what is known: births, shutdowns and deaths are the differences.
namespace zeroth::daemon {

namespace asio = boost::asio;

namespace {

constexpr const char *kBirths = "@introduceDomain", *kDeaths = "@releaseDomain";
constexpr auto kToken = asio::as_tuple(asio::use_awaitable);
/// What a lost watch would have told is seen by then.
constexpr std::chrono::seconds kSlowLook{10};
constexpr std::chrono::seconds kPause{1};
/// A domain that has no name in XenStore by then will not get one.
constexpr std::int64_t kNamelessMs = 5000;

}  // namespace

asio::awaitable<void> Supervisor::watch() {
    asio::co_spawn(io_, follow(kBirths), asio::detached);
    asio::co_spawn(io_, follow(kDeaths), asio::detached);
    co_await look_now_and_then();
}

asio::awaitable<void> Supervisor::look_now_and_then() {
    asio::steady_timer timer{io_};
    for (;;) {
        look_soon();
        timer.expires_after(kSlowLook);
        co_await timer.async_wait(kToken);
    }
}

asio::awaitable<void> Supervisor::follow(std::string path) {
    asio::steady_timer timer{io_};
    for (;;) {
        auto client = store_.get();
        if (client) {
            auto stream = co_await (*client)->watch(path);
            for (bool on = stream.has_value(); on;) {
                const auto event = co_await stream->next();
                on = event.has_value();
                if (!on) break;
                if (path == kDeaths) all_ = true;
                if (path == kBirths) ++births_;
                wake();
            }
            store_.give_up(*client);
        }
        timer.expires_after(kPause);
        co_await timer.async_wait(kToken);
    }
}

void Supervisor::look_soon() {
    all_ = true;
    wake();
}

void Supervisor::wake() {
    if (stopping_ || looking_.exchange(2) != 0) return;
    asio::post(workers_, [this] { look(); });
}

void Supervisor::look() {
    do {
        looking_ = 1;
        newcomers_.expect(births_.exchange(0));
        if (const auto looked = all_.exchange(false) ? compare() : meet_newcomers(); !looked) {
            log::debug("looking at the domains: {}", looked.error().text());
            all_ = true;  // at the next look
        }
        int looked = 1;
        if (looking_.compare_exchange_strong(looked, 0)) return;
    } while (!stopping_);
    looking_ = 0;
}

Result<> Supervisor::compare() {
    registry_.write_late();
    // In this order: what ends between the two is met again with the event that tells of it.
    const auto records = registry_.all();
    ZEROTH_TRY(const auto infos, xen_.domains());
    adopter_.sweep(infos);
    std::map<Uuid, const hyper::DomainInfo*> there;
    for (const auto& info : infos) {
        if (info.id == kDomain0 || info.dying || adopter_.take_in(info)) continue;
        there.emplace(info.handle, &info);
    }
    for (const auto& record : records) {
        const auto found = there.find(record.uuid);
        compare_one(record, found == there.end() ? nullptr : found->second);
        if (found != there.end()) there.erase(found);
    }
    std::erase_if(nameless_, [&](const auto& entry) { return !there.contains(entry.first); });
    if (there.empty()) return {};
    ZEROTH_TRY(auto store, ground_.stores.lease());
    for (const auto& [uuid, info] : there) {
        if (!info->xs_domain) adopt(*info, *store);
    }
    return {};
}

/// All that there is to see when nothing but births was told of.
Result<> Supervisor::meet_newcomers() {
    ZEROTH_TRY(const auto infos, newcomers_.take());
    for (const auto& info : infos) {
        if (info.id == kDomain0 || adopter_.take_in(info)) continue;
        if (const auto record = registry_.find(info.handle)) {
            compare_one(*record, &info);
        } else if (!info.xs_domain) {
            ZEROTH_TRY(auto store, ground_.stores.lease());
            adopt(info, *store);
            if (nameless_.contains(info.handle)) newcomers_.forget(info.id);
        }
    }
    return {};
}

void Supervisor::compare_one(const lives::Record& record, const hyper::DomainInfo* info) {
    if (record.between_lives() && record.not_before_ms > lives::now_ms()) {
        return wait_until(record.uuid, record.not_before_ms);
    }
    if (record.intent != lives::Intent::kNone) return attend_soon(record.uuid);
    if (info == nullptr) return gone(record);
    if (info->id != record.domid) {
        // Its own toolstack has restarted it.
        registry_.change(record.uuid, [&](lives::Record& its) {
            lives::note_birth(its, lives::now_ms(), info->id);
            its.preserved = false;
        });
        return tell(ground_.events, event::kRestarted, info->id, record);
    }
    if (!info->shutdown && record.preserved) {
        registry_.change(record.uuid, [](lives::Record& its) { its.preserved = false; });
    }
    if (info->shutdown && !record.preserved) attend_soon(record.uuid);
}

/// A domain that is not known: somebody else made it, and looks after it.
void Supervisor::adopt(const hyper::DomainInfo& info, xs::Store& store) {
    if (!ground_.lanes.is_free(info.handle) || registry_.find(info.handle)) return;
    const auto now = lives::now_ms();
    const auto name = store.read_one(fmt::format("/local/domain/{}/name", info.id.raw()));
    const auto first_seen = nameless_.try_emplace(info.handle, now).first->second;
    if (!name || (!*name && now - first_seen < kNamelessMs)) return;
    nameless_.erase(info.handle);
    lives::Record record;
    record.uuid = info.handle;
    record.name = name->value_or("");
    record.domid = info.id;
    record.keeper = lives::Keeper::kOther;
    record.created_ms = record.born_ms = now;
    if (const auto put = registry_.put(record); !put) {
        return log::warning("{}", put.error().text());
    }
    log::info("domain {} ({}) was made by somebody else", info.id.raw(), record.name);
    tell(ground_.events, event::kAdopted, info.id, record);
}

/// Somebody else destroyed it.
void Supervisor::gone(const lives::Record& record) {
    auto lane = ground_.lanes.enter(record.uuid, lives::Doing::kDestroying);
    if (!lane) return;
    const auto now = registry_.find(record.uuid);
    if (!now || *now != record) return;
    // A domain that gets this UUID in a moment: see retire.cpp.
    const auto all = registry_.all();
    if (std::ranges::find(all, std::optional{record.uuid}, &lives::Record::retire_as) != all.end())
        return;
    const auto info = xen_.domain(record.domid);
    if (info ? info->handle == record.uuid && !info->dying : !info.error().is(ESRCH)) return;
    if (record.keeper == lives::Keeper::kXld) {
        const auto cleared = service_.end_lives(record.uuid, record.domid);
        if (!cleared) return log::warning("{}", cleared.error().text());
    }
    registry_.remove(record.uuid);
    log::info("domain {} ({}) has gone", record.domid.raw(), record.name);
    tell(ground_.events, event::kDestroyed, record.domid, record, "by somebody else");
}

}  // namespace zeroth::daemon
