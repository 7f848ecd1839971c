// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <string>

#include "daemon/ground.hpp"
#include "daemon/service.hpp"
#include "xenstore/client/async/lasting_client.hpp"

namespace zeroth::daemon {

/// Asks guests to end, through control/shutdown (xenstore-paths, "~/control/shutdown"), and watches
/// whether they take note.
class Asker {
public:
    Asker(const Ground& ground, Service& service, boost::asio::io_context& io,
          xs::LastingClient& store)
        : ground_{ground}, service_{service}, io_{io}, store_{store} {}

    /// `how` is "poweroff" or "reboot". Returns once it is asked; the event log tells the rest:
    /// acknowledged or unanswered, and what the guest's end brings.
    Result<lives::Record> ask(DomainId id, const std::string& how);

private:
    boost::asio::awaitable<void> follow(lives::Record record, std::string how);
    boost::asio::awaitable<Result<bool>> acknowledged(std::string path, std::string how);
    boost::asio::awaitable<void> withdraw(std::string path, std::string how);

    const Ground& ground_;
    Service& service_;
    boost::asio::io_context& io_;
    xs::LastingClient& store_;
};

}  // namespace zeroth::daemon
