// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "daemon/events.hpp"
#include "daemon/lives/record.hpp"

namespace zeroth::daemon {

/// An event about a domain.
inline void tell(EventLog& events, const char* kind, DomainId domid, const lives::Record& record,
                 std::string detail = {}, std::string code = {}) {
    api::Event event;
    event.kind = kind;
    event.domid = domid.raw();
    event.uuid = record.uuid.text();
    event.name = record.name;
    event.detail = std::move(detail);
    event.code = std::move(code);
    events.append(std::move(event));
}

}  // namespace zeroth::daemon
