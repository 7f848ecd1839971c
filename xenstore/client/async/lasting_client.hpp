// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <string>

#include "core/result.hpp"
#include "xenstore/client/async/async_client.hpp"

namespace zeroth::xs {

/// One AsyncClient for all that a thread does with XenStore, made anew where one is of no more use:
/// a server that was away for longer than patience lasts, or that talked nonsense.
class LastingClient {
public:
    LastingClient(boost::asio::any_io_executor executor, std::string path, Patience patience = {})
        : executor_{std::move(executor)}, path_{std::move(path)}, patience_{patience} {}

    /// The client there is, or a new one. An Error: xenstored is not there; ask again later.
    Result<std::shared_ptr<AsyncClient>> get();
    /// It said ENOTCONN: the next `get` gives another.
    void give_up(const std::shared_ptr<AsyncClient>& client);

private:
    boost::asio::any_io_executor executor_;
    std::string path_;
    Patience patience_;
    std::shared_ptr<AsyncClient> client_;
};

}  // namespace zeroth::xs
