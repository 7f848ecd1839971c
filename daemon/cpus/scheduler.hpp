// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <string_view>

#include "core/result.hpp"
#include "libdomain/hypervisor/types.hpp"

/// Xen's schedulers by name and number (XEN_SCHEDULER_*, xen/include/public/domctl.h).
namespace zeroth::daemon {

inline constexpr std::uint32_t kCredit = 5, kCredit2 = 6, kRtds = 8;
inline constexpr std::array<std::pair<std::uint32_t, const char*>, 5> kSchedulers{
    {{kCredit, "credit"}, {kCredit2, "credit2"}, {7, "arinc653"}, {kRtds, "rtds"}, {9, "null"}}};

constexpr const char* scheduler_name(std::uint32_t id) {
    for (const auto& [number, name] : kSchedulers) {
        if (number == id) return name;
    }
    return "unknown";
}

inline Result<std::uint32_t> scheduler_number(std::string_view name) {
    for (const auto& [number, its_name] : kSchedulers) {
        if (name == its_name) return number;
    }
    return fail(Error::message(EINVAL, fmt::format("Unknown scheduler \"{}\"", name))
                    .with_hint("one of credit, credit2, rtds, arinc653, null"));
}

constexpr bool has_rate_limit(std::uint32_t scheduler) {
    return scheduler == kCredit || scheduler == kCredit2;
}

/// Xen's bounds (xen/include/public/sysctl.h).
inline Result<> check_pool_scheduling(const hyper::PoolScheduling& pool) {
    const auto refuse = [](std::string what) {
        return fail(Error::message(EINVAL, std::move(what)));
    };
    if (pool.scheduler == kCredit && (pool.timeslice_ms < 1 || pool.timeslice_ms > 1000)) {
        return refuse("Time slice out of range, valid range is from 1 to 1000 milliseconds");
    }
    if (pool.ratelimit_us != 0 && (pool.ratelimit_us < 100 || pool.ratelimit_us > 500'000)) {
        return refuse(
            "Ratelimit out of range, valid range is from 100 to 500000 microseconds, or 0");
    }
    if (pool.scheduler != kCredit) return {};
    if (pool.ratelimit_us > pool.timeslice_ms * 1000) {
        return refuse("Ratelimit cannot be greater than timeslice");
    }
    if (pool.migration_delay_us > 100'000) {
        return refuse("vcpu migration delay should be at most 100000 microseconds");
    }
    return {};
}

}  // namespace zeroth::daemon
