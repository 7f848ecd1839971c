// SPDX-License-Identifier: Apache-2.0
#include "daemon/lives/lanes.hpp"

#include <chrono>
#include <string>

namespace zeroth::daemon::lives {
namespace {

constexpr std::chrono::seconds kPatience{10};
/// A restart that is called off has to give back what memory it has populated.
constexpr std::chrono::minutes kPatienceWithRestart{10};

const char* words(Doing doing) {
    switch (doing) {
        case Doing::kChanging:
            return "the domain is being changed";
        case Doing::kCreating:
            return "the domain is being created";
        case Doing::kRestarting:
            return "the domain is being restarted";
        case Doing::kDestroying:
            break;
    }
    return "the domain is being destroyed";
}

/// How long who wants to do `doing` waits for who does `other`.
std::chrono::seconds patience(Doing doing, Doing other) {
    if (other == Doing::kChanging) return kPatience;
    const bool ends_restart = doing == Doing::kDestroying && other == Doing::kRestarting;
    return ends_restart ? kPatienceWithRestart : std::chrono::seconds{};
}

}  // namespace

Result<Lanes::Lane> Lanes::enter(const Uuid& domain, Doing doing) {
    std::unique_lock lock{mutex_};
    const auto since = std::chrono::steady_clock::now();
    for (;;) {
        const auto [holder, entered] = taken_.try_emplace(domain, doing);
        if (entered) return Lane{*this, domain};
        const auto other = holder->second;
        const auto until = since + patience(doing, other);
        if (std::chrono::steady_clock::now() >= until) {
            return fail(Error::message(EBUSY, words(other)));
        }
        left_.wait_until(lock, until);
    }
}

bool Lanes::is_free(const Uuid& domain) const {
    const std::lock_guard lock{mutex_};
    return !taken_.contains(domain);
}

void Lanes::leave(const Uuid& domain) {
    {
        const std::lock_guard lock{mutex_};
        taken_.erase(domain);
    }
    left_.notify_all();
}

}  // namespace zeroth::daemon::lives
