// SPDX-License-Identifier: Apache-2.0
#include "libdomain/hypervisor/sim/guests/announcer.hpp"

#include <string>

namespace zeroth::hyper::sim {
namespace {

using xs::MessageType;

/// A domain that never exists: the highest number that one could have.
constexpr DomainId kNobody{kFirstReservedDomain - 1};

std::string words(std::initializer_list<std::string> list) {
    std::string payload;
    for (const auto& word : list) payload += word + '\0';
    return payload;
}

}  // namespace

void Announcer::begin() {
    store_.write("name", "Domain-0");
    store_.write("domid", "0");
}

void Announcer::ended(DomainId id, Observer::End how) {
    if (how == Observer::End::kDestroyed) {
        store_.request(MessageType::kRelease, words({std::to_string(id.raw())}));
        return;
    }
    // @releaseDomain also means "one has shut down", for which there is no request; and to release
    // that domain itself would take its nodes. So one that nobody knows comes and goes.
    const auto nobody = std::to_string(kNobody.raw());
    store_.request(MessageType::kIntroduce, words({nobody, "1", "1"}));
    store_.request(MessageType::kRelease, words({nobody}));
}

}  // namespace zeroth::hyper::sim
