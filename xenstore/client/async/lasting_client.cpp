// SPDX-License-Identifier: Apache-2.0
#include "xenstore/client/async/lasting_client.hpp"

namespace zeroth::xs {

Result<std::shared_ptr<AsyncClient>> LastingClient::get() {
    if (client_) return client_;
    ZEROTH_TRY(auto made, AsyncClient::connect(executor_, path_, patience_));
    client_ = std::make_shared<AsyncClient>(std::move(made));
    return client_;
}

void LastingClient::give_up(const std::shared_ptr<AsyncClient>& client) {
    if (client_ == client) client_.reset();
}

}  // namespace zeroth::xs
