// SPDX-License-Identifier: Apache-2.0
#include "daemon/adjust/adjustments.hpp"

#include <fmt/format.h>

#include "core/log.hpp"

namespace zeroth::daemon {

Adjustments::Adjustments(const Ground& ground, Service& service)
    : ground_{ground}, service_{service} {}

void Adjustments::change_next_life(const Uuid& uuid,
                                   const std::function<void(config::DomainConfig&)>& change) {
    auto request = ground_.registry.request(uuid);
    if (!request) return;
    change(request->config);
    if (const auto kept = ground_.registry.set_request(uuid, *std::move(request)); !kept) {
        log::warning("the next life of {} is as it was: {}", uuid.text(), kept.error().text());
    }
}

void Adjustments::tell(const char* kind, const hyper::DomainInfo& info, std::string detail,
                       std::string code) {
    api::Event event;
    event.kind = kind;
    event.domid = info.id.raw();
    event.uuid = info.handle.text();
    if (auto store = ground_.stores.lease()) {
        const auto name = (*store)->read_one(fmt::format("/local/domain/{}/name", info.id.raw()));
        if (name) event.name = name->value_or("");
    }
    event.detail = std::move(detail);
    event.code = std::move(code);
    ground_.events.append(std::move(event));
}

}  // namespace zeroth::daemon
