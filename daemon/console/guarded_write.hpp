// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "xenstore/client/async/async_client.hpp"

namespace zeroth::daemon::console {

/// Makes the changes (writes, all of them) where the node `guard` is there, and none where it is
/// not: the nodes of a domain that is being removed do not come back.
boost::asio::awaitable<Result<>> write_if_there(xs::AsyncClient& client, std::string guard,
                                                std::vector<xs::Change> changes);

}  // namespace zeroth::daemon::console
