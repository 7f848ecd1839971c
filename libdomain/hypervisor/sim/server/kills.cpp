// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/sim/server/kills.hpp"

#include <signal.h>

#include <utility>

namespace zeroth::hyper::sim {

void Kills::arm(std::string client, When when, std::uint64_t n) {
    const auto at = uses(client) + n;
    armed_ = {std::move(client), when, at};
    due_ = false;
}

std::uint64_t Kills::uses(std::string_view client) const {
    const auto found = uses_.find(client);
    return found == uses_.end() ? 0 : found->second;
}

bool Kills::begins(std::string_view client, pid_t pid) {
    auto found = uses_.find(client);
    if (found == uses_.end()) found = uses_.emplace(client, 0).first;
    const auto use = ++found->second;
    if (!armed_ || armed_->client != client || armed_->at != use) return false;
    if (armed_->when == When::kAfter) {
        due_ = true;
        return false;
    }
    armed_.reset();
    ::kill(pid, SIGKILL);
    return true;
}

bool Kills::ended(pid_t pid) {
    if (!std::exchange(due_, false)) return false;
    armed_.reset();
    ::kill(pid, SIGKILL);
    return true;
}

}  // namespace zeroth::hyper::sim
