// SPDX-License-Identifier: Apache-2.0
#include "daemon/console/finder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>

#include "core/log.hpp"
#include "daemon/console/guarded_write.hpp"
#include "daemon/console/store_nodes.hpp"

namespace zeroth::daemon::console {
namespace {

namespace asio = boost::asio;
using asio::awaitable;

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);
/// Between attempts to reach an xenstored that is not there.
constexpr std::chrono::seconds kRetry{1};
/// Between sweeps that nothing asked for: xenstored tells of no death of a domain that nobody has
/// introduced to it, and a console that is held keeps such a domain from going.
constexpr std::chrono::seconds kSweep{5};
constexpr const char *kBirths = "@introduceDomain", *kDeaths = "@releaseDomain";

awaitable<void> rest(std::chrono::seconds time = kRetry) {
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer{executor, time};
    co_await timer.async_wait(kToken);
}

bool is_over(const Error& error) { return error.is(ENOTCONN) || error.is(ECANCELED); }

}  // namespace

void Finder::start() {
    for (const char* const special : {kBirths, kDeaths})
        asio::co_spawn(io_, follow(special), asio::detached);
    asio::co_spawn(io_, sweep_now_and_then(), asio::detached);
}

awaitable<void> Finder::sweep_now_and_then() {
    for (;;) {
        co_await rest(kSweep);
        if (swept_) co_await sweep();
    }
}

awaitable<void> Finder::follow(std::string special) {
    for (;;) {
        const auto ended = co_await follow_once(special);
        if (!ended) log::warning("consoles: {}", ended.error().text());
        co_await rest();
    }
}

awaitable<Result<>> Finder::follow_once(std::string special) {
    ZEROTH_CO_TRY(const auto client, store_.get());
    auto watch = co_await client->watch(special);
    while (watch) {
        const auto event = co_await watch->next();
        if (!event) {
            store_.give_up(client);
            co_return fail(event.error());
        }
        if (special == kBirths && swept_) {
            co_await meet_newcomers();
        } else {
            co_await sweep();
        }
    }
    if (is_over(watch.error())) store_.give_up(client);
    co_return fail(std::move(watch).error());
}

void Finder::forget(DomainId domain) {
    seen_.erase(domain);
    std::erase_if(others_, [&](const Key& key) { return key.domain == domain; });
    channels_.forget(domain);
    hub_.detach(domain);
}

awaitable<void> Finder::sweep() {
    const auto infos = xen_.domains();
    if (!infos) {
        log::warning("consoles: {}", infos.error().text());
        co_return;
    }
    std::set<DomainId> alive;
    for (const auto& info : *infos) {
        if (info.id != kDomain0 && !info.dying) alive.insert(info.id);
    }
    std::set<DomainId> known = seen_;
    for (const auto domain : hub_.domains()) known.insert(domain);
    for (const auto domain : known) {
        if (!alive.contains(domain)) forget(domain);
    }
    const auto age = swept_ ? Age::kNew : Age::kUnknown;
    if (!swept_) hub_.forget_former(alive);
    for (const auto domain : alive) {
        if (seen_.contains(domain)) continue;
        const auto looked = co_await look(domain, age);
        // One that goes meanwhile is no news.
        if (looked) continue;
        looked.error().is(ESRCH) ? log::debug("{}", looked.error().text())
                                 : log::warning("{}", looked.error().text());
    }
    swept_ = true;
}

/// One of them may be ours, and looked at already.
awaitable<void> Finder::meet_newcomers() {
    newcomers_.expect(1);
    const auto infos = newcomers_.take();
    if (!infos) log::warning("consoles: {}", infos.error().text());
    if (!infos) co_return;
    for (const auto& info : *infos) {
        if (info.id == kDomain0 || seen_.contains(info.id)) continue;
        const auto looked = co_await look(info.id, Age::kNew);
        if (looked) continue;
        log::warning("{}", looked.error().text());
        newcomers_.forget(info.id);
    }
}

Result<std::shared_ptr<Console>> Finder::serve(const Description& description) {
    const auto& key = description.key;
    auto served = hub_.attach(description);
    if (!served && served.error().is(EBUSY)) {
        if (others_.insert(key).second)
            log::warning("{}, and left alone: is xenconsoled running?", served.error().text());
        return std::shared_ptr<Console>{};
    }
    if (served) others_.erase(key);
    return served;
}

awaitable<Result<>> Finder::look(DomainId domain, Age age) {
    ZEROTH_CO_TRY(const auto info, xen_.domain(domain));
    if (info.dying) co_return fail(Error::message(ESRCH, "the domain is dying"));
    seen_.insert(domain);
    ZEROTH_CO_TRY(const auto client, store_.get());
    auto paths = paths_to_read(domain);
    const auto values = co_await client->read(std::move(paths));
    if (!values) {
        if (is_over(values.error())) store_.give_up(client);
        seen_.erase(domain);
        co_return fail(values.error());
    }
    // It went while XenStore was asked: that its port is not to be had says nothing of others.
    if (!seen_.contains(domain)) co_return fail(Error::message(ESRCH, "the domain has gone"));
    bool has_main = false;
    for (auto& description : describe(domain, *values)) {
        description.fresh = age == Age::kNew;
        description.uuid = info.handle;
        has_main |= description.key.kind == zeroth::console::Kind::kPv;
        const bool known = hub_.find(description.key) != nullptr;
        ZEROTH_CO_TRY(const auto console, serve(description));
        if (!console || known) continue;
        const auto folder = folder_of(console->key());
        std::vector<xs::Change> change{xs::Write{folder + "/tty", console->tty()}};
        ZEROTH_CO_CHECK(co_await write_if_there(*client, folder + "/port", std::move(change)));
    }
    ZEROTH_CO_CHECK(co_await channels_.look(domain, info.handle));
    // Whoever makes it has not got that far.
    if (!has_main && waiting_.insert(domain).second)
        asio::co_spawn(io_, wait_for_nodes(domain), asio::detached);
    co_return Result<>();
}

awaitable<void> Finder::wait_for_nodes(DomainId domain) {
    const auto ended = co_await wait_for_nodes_once(domain);
    if (!ended) log::warning("{}", ended.error().text());
    waiting_.erase(domain);
}

awaitable<Result<>> Finder::wait_for_nodes_once(DomainId domain) {
    ZEROTH_CO_TRY(const auto client, store_.get());
    const Key main{domain, zeroth::console::Kind::kPv, 0};
    auto watch = co_await client->watch(folder_of(main));
    if (!watch) co_return fail(std::move(watch).error());
    while (seen_.contains(domain) && !hub_.find(main) && !others_.contains(main)) {
        const auto event = co_await watch->next();
        if (!event) co_return fail(event.error());
        ZEROTH_CO_CHECK(co_await look(domain, Age::kNew));
    }
    co_return Result<>();
}

}  // namespace zeroth::daemon::console
