// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "core/result.hpp"
#include "daemon/console/channel_socket.hpp"
#include "daemon/console/hub.hpp"
#include "xenstore/client/async/lasting_client.hpp"

namespace zeroth::daemon::console {

/// Channels: consoles with a number from 1 and a name, whose rings the guest makes itself and tells
/// of in XenStore (xen/include/public/io/xenbus.h has the handshake). Belongs to the io thread.
class Channels {
public:
    Channels(boost::asio::io_context& io, Hub& hub, xs::LastingClient& store)
        : io_{io}, hub_{hub}, store_{store} {}

    /// Serves from now on those that the domain's nodes tell of.
    boost::asio::awaitable<Result<>> look(DomainId domain, Uuid uuid);
    void forget(DomainId domain);

private:
    struct Frontend {
        Key key;
        Uuid uuid;
        std::string backend;
    };
    boost::asio::awaitable<void> serve(Frontend frontend);
    boost::asio::awaitable<Result<>> follow(const Frontend& frontend);
    boost::asio::awaitable<Result<bool>> step(const Frontend& frontend);
    Result<std::string> connect(const Frontend& frontend, const Description& description,
                                const std::string& socket_path);

    boost::asio::io_context& io_;
    Hub& hub_;
    xs::LastingClient& store_;
    /// Those that are followed.
    std::set<Key> followed_;
    std::map<Key, std::shared_ptr<ChannelSocket>> sockets_;
};

}  // namespace zeroth::daemon::console
