// SPDX-License-Identifier: Apache-2.0
#include "daemon/lives/damping.hpp"

#include <algorithm>

namespace zeroth::daemon::lives {
namespace {

constexpr std::int64_t to_ms(std::chrono::milliseconds time) { return time.count(); }

}  // namespace

std::chrono::milliseconds wait_after(std::uint32_t short_lives) {
    if (short_lives < 2) return {};
    // Beyond this many doublings it is the longest wait anyway.
    const auto doublings = std::min(short_lives - 2, 6U);
    return std::min<std::chrono::milliseconds>(std::chrono::seconds{1U << doublings}, kLongestWait);
}

void note_death(Record& record, std::int64_t now_ms, std::uint32_t shutdown_code) {
    // A clock that was set back makes a life look short at worst.
    const auto lived = now_ms - record.born_ms;
    record.short_lives = lived < to_ms(kShortLife) ? record.short_lives + 1 : 0;
    record.died_ms = now_ms;
    record.last_code = shutdown_code;
    record.not_before_ms = now_ms + to_ms(wait_after(record.short_lives));
}

void note_failed_start(Record& record, std::int64_t now_ms, std::string why) {
    ++record.short_lives;
    record.trouble = std::move(why);
    record.not_before_ms =
        now_ms + std::max<std::int64_t>(to_ms(wait_after(record.short_lives)), 1000);
}

void note_birth(Record& record, std::int64_t now_ms, DomainId domid) {
    record.domid = domid;
    record.born_ms = now_ms;
    record.not_before_ms = 0;
    record.trouble.clear();
    record.intent = Intent::kNone;
    ++record.lives;
}

}  // namespace zeroth::daemon::lives
