// SPDX-License-Identifier: Apache-2.0
#include "daemon/roster.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "libdomain/hypervisor/hypervisor.hpp"

namespace zeroth::daemon {
namespace {

constexpr const char *kBirths = "@introduceDomain", *kBirthsToken = "births";

std::string name_path(DomainId domain) {
    return fmt::format("/local/domain/{}/name", domain.raw());
}

/// A watch's token is the domain's number.
xs::Watch name_watch(DomainId domain) {
    return {name_path(domain), fmt::to_string(domain.raw()), {}};
}

}  // namespace

Roster::Roster(const hyper::Hypervisor& xen, Connect connect)
    : xen_{xen}, connect_{std::move(connect)} {}

void Roster::start_over() {
    client_.reset();
    newcomers_.reset();
    entries_.clear();
    by_name_.clear();
    changed_.clear();
    just_watched_.clear();
    heard_of_births_before_ = false;
}

Result<std::vector<plan::KnownDomain>> Roster::holders(std::string_view name,
                                                       const std::optional<Uuid>& uuid) {
    const std::lock_guard lock{mutex_};
    ZEROTH_CHECK(catch_up());
    std::set<DomainId> found;
    const auto [first, last] = by_name_.equal_range(name);
    for (auto it = first; it != last; ++it) found.insert(it->second);
    for (const auto& [id, entry] : entries_) {
        if (uuid && entry.uuid == *uuid) found.insert(id);
    }
    std::vector<plan::KnownDomain> holders;
    for (const auto id : found) {
        const auto info = xen_.domain(id);
        if (!info && !info.error().is(ESRCH)) return fail(info.error());
        // One that is dying has neither name nor UUID any more.
        if (info && !info->dying) holders.push_back({id, entries_[id].name, info->handle});
    }
    return holders;
}

/// What went wrong once is tried once more, from nothing: xenstored may have been away.
Result<> Roster::catch_up() {
    if (client_ && catch_up_once()) return {};
    start_over();
    auto done = catch_up_once();
    if (!done) start_over();
    return done;
}

Result<> Roster::catch_up_once() {
    if (!client_) {
        ZEROTH_TRY(client_, connect_());
        ZEROTH_CHECK(client_->watch({kBirths, kBirthsToken, {}}));
        newcomers_.emplace(xen_);
    }
    do {
        ZEROTH_CHECK(meet_newcomers());
        ZEROTH_CHECK(read_names());
        ZEROTH_CHECK(hear());
    } while (!changed_.empty() || newcomers_->lacks_some());
    return {};
}

Result<> Roster::meet_newcomers() {
    ZEROTH_TRY(const auto infos, newcomers_->take());
    for (const auto& info : infos) {
        const auto [entry, is_new] = entries_.try_emplace(info.id);
        entry->second.uuid = info.handle;
        changed_.insert(info.id);
        if (!is_new) continue;  // another domain with the number of one that has gone
        ZEROTH_CHECK(client_->watch(name_watch(info.id)));
        just_watched_.insert(info.id);
    }
    return {};
}

/// Where nothing is to be read, a question tells that nothing is left to hear.
Result<> Roster::read_names() {
    std::vector<std::string> paths;
    for (const auto id : changed_) paths.push_back(name_path(id));
    if (paths.empty()) paths.push_back(name_path(kDomain0));
    ZEROTH_TRY(auto names, client_->read(paths));
    auto name = names.begin();
    for (const auto id : std::exchange(changed_, {})) {
        if (*name) {
            set_name(id, entries_[id], *std::move(*name));
        } else {
            set_name(id, entries_[id], {});
            ZEROTH_CHECK(drop_if_gone(id));
        }
        ++name;
    }
    return {};
}

/// Takes the events that are here.
Result<> Roster::hear() {
    for (;;) {
        const auto event = client_->next_event(xs::Deadline{});
        if (!event && event.error().is(ETIMEDOUT)) break;
        if (!event) return fail(event.error());
        if (event->token == kBirthsToken) {
            // The first tells of nothing but the watch.
            newcomers_->expect(std::exchange(heard_of_births_before_, true) ? 1 : 0);
            continue;
        }
        std::uint16_t number = 0;
        const auto& token = event->token;
        std::from_chars(token.data(), token.data() + token.size(), number);
        const DomainId domain{number};
        if (just_watched_.erase(domain) == 0 && entries_.contains(domain)) changed_.insert(domain);
    }
    just_watched_.clear();
    return {};
}

Result<> Roster::drop_if_gone(DomainId domain) {
    const auto info = xen_.domain(domain);
    if (info && !info->dying) return {};
    if (!info && !info.error().is(ESRCH)) return fail(info.error());
    entries_.erase(domain);
    // Xen may give the number again at once: its toolstacks' first is that of one it made itself.
    newcomers_->forget(domain);
    const auto watch = name_watch(domain);
    return client_->unwatch(watch.path, watch.token);
}

void Roster::set_name(DomainId domain, Entry& entry, std::string name) {
    if (entry.name == name) return;
    const auto [first, last] = by_name_.equal_range(entry.name);
    const auto old = std::find_if(first, last, [&](const auto& it) { return it.second == domain; });
    if (old != last) by_name_.erase(old);
    entry.name = std::move(name);
    if (!entry.name.empty()) by_name_.emplace(entry.name, domain);
}

}  // namespace zeroth::daemon
