// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "core/result.hpp"
#include "xenstore/client/store.hpp"

namespace zeroth::daemon {

/// Connections to XenStore for workers, one for each at a time. They survive a restart of
/// xenstored; one that was given up is not used again.
class StorePool {
public:
    using Connect = std::function<Result<std::shared_ptr<xs::Store>>()>;
    using StillGood = std::function<bool(const xs::Store&)>;

    StorePool(Connect connect, StillGood still_good)
        : connect_{std::move(connect)}, still_good_{std::move(still_good)} {}

    /// A borrowed connection; goes back when destroyed.
    class Lease {
    public:
        Lease(StorePool& pool, std::shared_ptr<xs::Store> store)
            : pool_{&pool}, store_{std::move(store)} {}
        Lease(Lease&&) noexcept = default;
        ~Lease() {
            if (store_) pool_->give_back(std::move(store_));
        }
        xs::Store& operator*() const { return *store_; }
        xs::Store* operator->() const { return store_.get(); }

    private:
        StorePool* pool_;
        std::shared_ptr<xs::Store> store_;
    };
    Result<Lease> lease();

private:
    void give_back(std::shared_ptr<xs::Store> store);

    Connect connect_;
    StillGood still_good_;
    std::mutex mutex_;
    std::vector<std::shared_ptr<xs::Store>> idle_;
};

/// Over xenstored's socket.
std::unique_ptr<StorePool> make_socket_pool();

}  // namespace zeroth::daemon
