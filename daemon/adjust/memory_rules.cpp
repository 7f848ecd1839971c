// SPDX-License-Identifier: Apache-2.0
#include "daemon/adjust/memory_rules.hpp"

#include <fmt/format.h>

#include <cerrno>

namespace zeroth::daemon::adjust {
namespace {

/// What Xen allows a guest beyond its target, for pages that are not its RAM; as much as at
/// creation.
constexpr KiB kSlack{1024};
/// Less, and dom0 could not be brought to take memory back.
constexpr KiB kLeastForDomain0 = mib(128);
/// 2^44 bytes times four: more than any machine has, and far from where sums overflow.
constexpr KiB kMost{std::uint64_t{1} << 36};

std::unexpected<Error> refuse(std::string text) {
    return fail(Error::message(EINVAL, std::move(text)));
}

}  // namespace

Result<MemoryChange> plan_memory(const MemoryState& state, const api::MemoryRequest& request) {
    if (!request.target && !request.max) return refuse("neither target nor max is given");
    if (request.target.value_or(1) == 0 || request.max.value_or(1) == 0)
        return refuse("a domain cannot do without memory");
    if (request.target.value_or(0) > kMost.raw() || request.max.value_or(0) > kMost.raw())
        return refuse("that is more memory than any machine has");
    const auto max = request.max ? KiB{*request.max} : state.static_max;
    const auto target = request.target ? KiB{*request.target} : state.target;
    if (target > max) {
        return refuse(request.target
                          ? fmt::format("memory_dynamic_max must be less than or equal to "
                                        "memory_static_max, which is {} KiB",
                                        max.raw())
                          : fmt::format("memory_static_max must be greater than or equal to "
                                        "memory_dynamic_max, which is {} KiB",
                                        target.raw()));
    }
    if (state.domain == kDomain0 && request.target && target < kLeastForDomain0) {
        return refuse(
            fmt::format("new target {} KiB for dom0 is below the minimum threshold of {} "
                        "KiB",
                        target.raw(), kLeastForDomain0.raw()));
    }
    MemoryChange change;
    change.xen_limit = (request.target ? target : max) + kSlack;
    if (request.target) change.target = target;
    if (request.max || !state.noted) change.static_max = max;
    return change;
}

}  // namespace zeroth::daemon::adjust
