// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>

#include "daemon/lives/record.hpp"

/// How fast a domain may start again and again. One that ends soon after its start, time after
/// time, waits longer each time; the reference has no limit.
namespace zeroth::daemon::lives {

/// A life shorter than this counts as a failed start.
inline constexpr std::chrono::seconds kShortLife{10};
inline constexpr std::chrono::seconds kLongestWait{60};

/// How long to wait before the next life: nothing after the first short life, then 1, 2, 4 …
/// seconds, a minute at the most.
std::chrono::milliseconds wait_after(std::uint32_t short_lives);

/// Notes that the present life has ended: counts it, and sets when the next may begin.
void note_death(Record& record, std::int64_t now_ms, std::uint32_t shutdown_code);

/// Notes that the next life could not be begun, which counts as a short one.
void note_failed_start(Record& record, std::int64_t now_ms, std::string why);

/// Notes that a life has begun.
void note_birth(Record& record, std::int64_t now_ms, DomainId domid);

}  // namespace zeroth::daemon::lives
