// SPDX-License-Identifier: Apache-2.0
#include "daemon/store_pool.hpp"

#include "xenstore/client/client.hpp"

namespace zeroth::daemon {

Result<StorePool::Lease> StorePool::lease() {
    {
        const std::lock_guard lock{mutex_};
        if (!idle_.empty()) {
            auto store = std::move(idle_.back());
            idle_.pop_back();
            if (still_good_(*store)) return Lease{*this, std::move(store)};
        }
    }
    ZEROTH_TRY(auto store, connect_());
    return Lease{*this, std::move(store)};
}

void StorePool::give_back(std::shared_ptr<xs::Store> store) {
    const std::lock_guard lock{mutex_};
    if (still_good_(*store)) idle_.push_back(std::move(store));
}

std::unique_ptr<StorePool> make_socket_pool() {
    const auto connect = []() -> Result<std::shared_ptr<xs::Store>> {
        ZEROTH_TRY(auto client, xs::Client::connect());
        return std::shared_ptr<xs::Store>{std::move(client)};
    };
    const auto still_good = [](const xs::Store& store) {
        return static_cast<const xs::Client&>(store).alive();
    };
    return std::make_unique<StorePool>(connect, still_good);
}

}  // namespace zeroth::daemon
