// SPDX-License-Identifier: Apache-2.0
#include "daemon/console/channels.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "core/log.hpp"
#include "daemon/console/guarded_write.hpp"
#include "daemon/console/store_nodes.hpp"

namespace zeroth::daemon::console {
namespace {

namespace asio = boost::asio;
using asio::awaitable;

/// xenbus_state.
constexpr const char *kInitialising = "1", *kInitWait = "2", *kInitialised = "3", *kConnected = "4",
                     *kClosing = "5", *kClosed = "6";

}  // namespace

awaitable<Result<>> Channels::look(DomainId domain, Uuid uuid) {
    ZEROTH_CO_TRY(const auto client, store_.get());
    // By our own nodes: the guest owns its frontend's, and may say there what it likes.
    const auto folder = fmt::format("/local/domain/0/backend/console/{}", domain.raw());
    ZEROTH_CO_TRY(const auto names, co_await client->directory(folder));
    for (const auto& name : names) {
        const auto number = channel_number(name);
        const Key key{domain, zeroth::console::Kind::kPv, number.value_or(0)};
        if (!number || followed_.contains(key)) continue;
        std::vector<std::string> paths{folder_of(key) + "/type"};
        ZEROTH_CO_TRY(const auto values, co_await client->read(std::move(paths)));
        // Those of type "ioemu" have a device model.
        if (values[0] != "xenconsoled" || !followed_.insert(key).second) continue;
        Frontend frontend{key, uuid, fmt::format("{}/{}", folder, name)};
        asio::co_spawn(io_, serve(std::move(frontend)), asio::detached);
    }
    co_return Result<>();
}

void Channels::forget(DomainId domain) {
    std::erase_if(followed_, [&](const Key& key) { return key.domain == domain; });
    std::erase_if(sockets_, [&](const auto& entry) {
        if (entry.first.domain == domain) entry.second->close();
        return entry.first.domain == domain;
    });
}

awaitable<void> Channels::serve(Frontend frontend) {
    const auto ended = co_await follow(frontend);
    if (!ended) log::warning("{}: {}", frontend.key.text(), ended.error().text());
    followed_.erase(frontend.key);
}

awaitable<Result<>> Channels::follow(const Frontend& frontend) {
    ZEROTH_CO_TRY(const auto client, store_.get());
    ZEROTH_CO_TRY(auto watch, co_await client->watch(folder_of(frontend.key) + "/state"));
    while (followed_.contains(frontend.key)) {
        const auto event = co_await watch.next();
        if (!event) co_return fail(event.error());
        ZEROTH_CO_TRY(const auto there, co_await step(frontend));
        if (!there) break;
    }
    co_return Result<>();
}

/// What the frontend's state asks for; false once it has no state.
awaitable<Result<bool>> Channels::step(const Frontend& frontend) {
    ZEROTH_CO_TRY(const auto client, store_.get());
    auto paths = channel_paths(frontend.key, frontend.backend);
    ZEROTH_CO_TRY(const auto values, co_await client->read(std::move(paths)));
    const auto nodes = describe_channel(frontend.key, frontend.uuid, values);
    if (nodes.frontend_state.empty()) co_return false;
    std::vector<xs::Change> changes;
    const auto become = [&](const char* state) {
        if (nodes.backend_state != state)
            changes.push_back(xs::Write{frontend.backend + "/state", state});
    };
    if (nodes.frontend_state == kInitialising) {
        become(kInitWait);
    } else if (nodes.frontend_state == kInitialised || nodes.frontend_state == kConnected) {
        if (!nodes.ring) co_return fail("its frontend says that it is there, but not where");
        auto description = *nodes.ring;
        ZEROTH_CO_TRY(const auto tty, connect(frontend, description, nodes.socket_path));
        changes.push_back(xs::Write{folder_of(frontend.key) + "/tty", tty});
        become(kConnected);
    } else if (nodes.frontend_state == kClosing || nodes.frontend_state == kClosed) {
        hub_.detach(frontend.key);
        become(kClosed);
    }
    if (changes.empty()) co_return true;
    const auto guard = folder_of(frontend.key) + "/state";
    ZEROTH_CO_CHECK(co_await write_if_there(*client, guard, std::move(changes)));
    co_return true;
}

/// The terminal's path, or the socket's.
Result<std::string> Channels::connect(const Frontend& frontend, const Description& description,
                                      const std::string& socket_path) {
    ZEROTH_TRY(const auto console, hub_.attach(description));
    if (socket_path.empty()) return console->tty();
    auto& socket = sockets_[frontend.key];
    if (!socket) {
        ZEROTH_TRY(socket, ChannelSocket::listen(io_, hub_, frontend.key, socket_path));
    }
    return socket_path;
}

}  // namespace zeroth::daemon::console
