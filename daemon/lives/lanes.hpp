// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <utility>

#include "core/result.hpp"
#include "core/uuid.hpp"

namespace zeroth::daemon::lives {

/// What somebody does to a domain, as far as it matters to others.
enum class Doing {
    /// Something short: a hypercall, a few nodes.
    kChanging,
    kCreating,
    /// Its last life is ended and the next one made.
    kRestarting,
    kDestroying,
};

/// One thing at a time for each domain, and nothing that holds up the others. Short things are
/// waited for; who meets a long one is told what it is (EBUSY), but for a destroy, which waits
/// until a restart has noticed that it is called off. Thread-safe.
class Lanes {
public:
    class Lane {
    public:
        Lane(Lanes& lanes, const Uuid& domain) : lanes_{&lanes}, domain_{domain} {}
        Lane(Lane&& other) noexcept
            : lanes_{std::exchange(other.lanes_, nullptr)}, domain_{other.domain_} {}
        Lane& operator=(Lane&&) = delete;
        ~Lane() {
            if (lanes_ != nullptr) lanes_->leave(domain_);
        }

    private:
        Lanes* lanes_;
        Uuid domain_;
    };

    Result<Lane> enter(const Uuid& domain, Doing doing);
    bool is_free(const Uuid& domain) const;

private:
    void leave(const Uuid& domain);

    mutable std::mutex mutex_;
    std::condition_variable left_;
    std::map<Uuid, Doing> taken_;
};

}  // namespace zeroth::daemon::lives
