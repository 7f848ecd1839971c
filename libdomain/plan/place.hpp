// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <optional>
#include <string>

#include "core/ids.hpp"
#include "core/result.hpp"
#include "libdomain/plan/host_info.hpp"

namespace zeroth::plan {

/// One entry of a config's lists, and how to refuse it.
struct Place {
    std::string list;
    std::size_t index;

    std::unexpected<Error> refuse(std::string what, std::string hint = {},
                                  int code = EINVAL) const {
        auto error = Error::message(code, fmt::format("{}[{}]: {}", list, index, what));
        if (!hint.empty()) error = std::move(error).with_hint(std::move(hint));
        return fail(std::move(error));
    }
};

/// Who serves an entry with this `backend`: domain 0 where it names none.
inline Result<DomainId> backend_of(const Place& at, const std::optional<std::string>& backend,
                                   const DeviceFacts& host) {
    if (!backend || *backend == "0" || *backend == "Domain-0") return kDomain0;
    const auto found = host.backends.find(*backend);
    if (found != host.backends.end()) return found->second;
    return at.refuse(fmt::format("backend={}: there is no such domain", *backend), {}, ENOENT);
}

}  // namespace zeroth::plan
