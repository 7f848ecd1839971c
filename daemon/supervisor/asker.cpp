// SPDX-License-Identifier: Apache-2.0
#include "daemon/supervisor/asker.hpp"

#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

#include "core/log.hpp"
#include "daemon/adopt/notes.hpp"
#include "daemon/tell.hpp"

namespace zeroth::daemon {

namespace asio = boost::asio;
using asio::awaitable;

namespace {

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);
/// The reference's.
constexpr std::chrono::seconds kPatience{60};

std::string node_of(DomainId id) {
    return fmt::format("/local/domain/{}/control/shutdown", id.raw());
}

}  // namespace

Result<lives::Record> Asker::ask(DomainId id, const std::string& how) {
    if (id == kDomain0) {
        return fail(Error::message(EPERM, "domain 0 is this host itself")
                        .with_hint("Its own poweroff and reboot end it."));
    }
    // One that would live again does not.
    const auto between = ground_.registry.find(id);
    if (between && between->between_lives() && how == "poweroff") {
        ZEROTH_CHECK(service_.destroy(id));
        return *between;
    }
    const auto lane = service_.enter(id);
    if (!lane) return fail(lane.error());
    ZEROTH_TRY(const auto info, ground_.xen.domain(id));
    if (info.shutdown) {
        return fail(
            Error::message(EBUSY, fmt::format("domain {} has shut down already", id.raw())));
    }
    ZEROTH_CHECK(check_own_store(ground_.settings.state_dir, ground_.registry.find(info.handle)));
    ZEROTH_TRY(auto store, ground_.stores.lease());
    lives::Record record = ground_.registry.find(info.handle).value_or(lives::Record{});
    record.uuid = info.handle;
    record.domid = id;
    if (record.name.empty()) {
        ZEROTH_TRY(auto name, store->read_one(fmt::format("/local/domain/{}/name", id.raw())));
        record.name = std::move(name).value_or("");
    }
    const std::vector<xs::Change> changes{xs::Write{node_of(id), how}};
    ZEROTH_CHECK(store->apply(changes));
    tell(ground_.events, event::kAsked, id, record, {}, how);
    asio::co_spawn(io_, follow(record, how), asio::detached);
    return record;
}

awaitable<void> Asker::follow(lives::Record record, std::string how) {
    using namespace asio::experimental::awaitable_operators;
    asio::steady_timer timer{io_, kPatience};
    const auto path = node_of(record.domid);
    auto answer = co_await (acknowledged(path, how) || timer.async_wait(kToken));
    const auto* seen = std::get_if<0>(&answer);
    if (seen != nullptr && *seen && **seen) {
        tell(ground_.events, event::kAcknowledged, record.domid, record, {}, how);
        co_return;
    }
    const auto info = ground_.xen.domain(record.domid);
    if (!info || info->handle != record.uuid || info->dying) co_return;  // it has ended instead
    const auto why = seen != nullptr && !*seen ? seen->error().text()
                                               : fmt::format("not within {} s", kPatience.count());
    // It is not to be obeyed at a time when nobody expects it any more.
    co_await withdraw(path, how);
    log::warning("domain {} ({}) did not take note of {}: {}", record.domid.raw(), record.name, how,
                 why);
    tell(ground_.events, event::kUnanswered, record.domid, record, why, how);
}

/// True once the guest has taken the word away.
awaitable<Result<bool>> Asker::acknowledged(std::string path, std::string how) {
    const auto made = store_.get();
    if (!made) co_return fail(made.error());
    const auto& client = *made;
    ZEROTH_CO_TRY(auto stream, co_await client->watch(path));
    std::vector<std::string> paths;
    paths.push_back(path);
    for (;;) {
        ZEROTH_CO_TRY(const auto event, co_await stream.next());
        ZEROTH_CO_TRY(const auto values, co_await client->read(paths));
        if (values.front() != how) co_return true;
    }
}

awaitable<void> Asker::withdraw(std::string path, std::string how) {
    const auto made = store_.get();
    if (!made) co_return;
    const auto& client = *made;
    std::vector<std::string> paths;
    paths.push_back(path);
    const auto values = co_await client->read(paths);
    if (!values || values->front() != how) co_return;
    std::vector<xs::Change> changes;
    changes.emplace_back(xs::Write{path, ""});
    static_cast<void>(co_await client->apply(std::move(changes)));
}

}  // namespace zeroth::daemon
