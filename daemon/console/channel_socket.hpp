// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <memory>
#include <string>

#include "core/result.hpp"
#include "daemon/console/hub.hpp"

namespace zeroth::daemon::console {

/// A channel's Unix socket: one program at a time has the channel's bytes, and nothing else.
class ChannelSocket : public std::enable_shared_from_this<ChannelSocket> {
public:
    /// A socket that nobody answers on is replaced; anything else at the path is an Error.
    static Result<std::shared_ptr<ChannelSocket>> listen(boost::asio::io_context& io, Hub& hub,
                                                         const Key& key, const std::string& path);
    ~ChannelSocket();
    void close();

private:
    using Protocol = boost::asio::local::stream_protocol;

    ChannelSocket(boost::asio::io_context& io, Hub& hub, const Key& key, std::string path)
        : acceptor_{io}, hub_{hub}, key_{key}, path_{std::move(path)} {}
    void accept();

    Protocol::acceptor acceptor_;
    Hub& hub_;
    Key key_;
    std::string path_;
};

}  // namespace zeroth::daemon::console
