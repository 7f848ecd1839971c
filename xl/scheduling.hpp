// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "xl/remote.hpp"

/// What the sched-* and cpupool-* commands have in common.
namespace zeroth::xl {

/// "/v1/cpupools/p1" + rest: a pool's name stands in a path as a domain's does.
std::string pool_target(std::string_view pool, std::string_view rest = {});

/// The host's pools with one scheduler, and the domains in them.
struct Scheduled {
    std::vector<api::Cpupool> pools;
    std::vector<api::Scheduling> domains;
};
Result<Scheduled> scheduled_by(Context& context, std::string_view scheduler);

/// One domain, which must be scheduled so.
Result<api::Scheduling> scheduling_of(Context& context, std::string_view domain,
                                      std::string_view scheduler);

/// The exit status, after telling what went wrong, if anything.
Result<int> set_scheduling(Context& context, std::string_view domain,
                           const api::SchedulingRequest& request);

/// An option's argument as a number; the Error names the option.
Result<std::optional<std::uint32_t>> number_of(const Arguments& arguments, char option);

}  // namespace zeroth::xl
