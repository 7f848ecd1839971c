// SPDX-License-Identifier: Apache-2.0
#include "xenstore/server/retries.hpp"

#include <algorithm>

namespace zeroth::xenstored {

bool Retries::begin(ConnectionId client, Clock::time_point now) {
    const auto found = clients_.find(client);
    if (found == clients_.end() || found->second != Stage::kFailed) return true;
    if (trying_ < kAtOnce && waiting_.empty()) {
        found->second = Stage::kTrying;
        ++trying_;
        return true;
    }
    found->second = Stage::kWaiting;
    waiting_.push_back({client, now + kPatience});
    return false;
}

void Retries::ended(ConnectionId client, Outcome outcome) {
    forget(client);
    if (outcome == Outcome::kInVain) clients_.emplace(client, Stage::kFailed);
}

void Retries::forget(ConnectionId client) {
    const auto found = clients_.find(client);
    if (found == clients_.end()) return;
    if (found->second == Stage::kTrying) --trying_;
    if (found->second == Stage::kWaiting) {
        std::erase_if(waiting_, [&](const Waiting& one) { return one.client == client; });
    }
    clients_.erase(found);
}

std::optional<ConnectionId> Retries::next(Clock::time_point now) {
    if (waiting_.empty()) return std::nullopt;
    const auto [client, deadline] = waiting_.front();
    if (trying_ >= kAtOnce && now < deadline) return std::nullopt;
    waiting_.pop_front();
    clients_[client] = Stage::kTrying;
    ++trying_;
    return client;
}

std::optional<Retries::Clock::time_point> Retries::deadline() const {
    if (waiting_.empty()) return std::nullopt;
    return waiting_.front().deadline;
}

}  // namespace zeroth::xenstored
