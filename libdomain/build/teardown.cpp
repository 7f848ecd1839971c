// SPDX-License-Identifier: Apache-2.0
#include "libdomain/build/teardown.hpp"

#include <fmt/format.h>

#include <array>
#include <string>

namespace zeroth::build {
namespace {

constexpr std::array<const char*, 2> kConsoleKinds{"console", "vuart"};

}  // namespace

std::vector<xs::Change> node_removal(DomainId domain, const Uuid& uuid) {
    std::vector<xs::Change> changes;
    const auto remove = [&](std::string path) {
        changes.emplace_back(xs::Remove{std::move(path)});
    };
    remove(fmt::format("/local/domain/{}", domain.raw()));
    remove("/vm/" + uuid.text());
    remove(fmt::format("/libxl/{}", domain.raw()));
    for (const auto* kind : kConsoleKinds) {
        remove(fmt::format("/local/domain/0/backend/{}/{}", kind, domain.raw()));
    }
    for (const auto* kind : kConsoleKinds) {
        changes.emplace_back(xs::Prune{fmt::format("/local/domain/0/backend/{}", kind)});
    }
    changes.emplace_back(xs::Prune{"/local/domain/0/backend"});
    return changes;
}

Result<> destroy(const hyper::Hypervisor& xen, xs::Store& store, DomainId domain,
                 const std::function<void(DomainId)>& take_down) {
    ZEROTH_TRY(const auto info, xen.domain(domain));
    ZEROTH_CHECK(xen.pause(domain));
    // Before its memory is to go: backends have some of it mapped.
    if (take_down) take_down(domain);
    ZEROTH_CHECK(xen.destroy_domain(domain));
    ZEROTH_CHECK(store.apply(node_removal(domain, info.handle)));
    return {};
}

}  // namespace zeroth::build
