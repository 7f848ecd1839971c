// SPDX-License-Identifier: Apache-2.0
#include "daemon/lives/policy.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <ctime>

namespace zeroth::daemon::lives {
namespace {

using config::Action;

enum Code : std::uint32_t { kPoweroff, kReboot, kSuspend, kCrash, kWatchdog, kSoftReset };
constexpr std::array kReasons{"poweroff", "reboot", "suspend", "crash", "watchdog", "soft-reset"};

Action action_for(const Policies& policies, std::uint32_t code) {
    switch (code) {
        case kPoweroff:
            return policies.on_poweroff;
        case kReboot:
            return policies.on_reboot;
        case kCrash:
            return policies.on_crash;
        case kWatchdog:
            return policies.on_watchdog;
        case kSoftReset:
            return policies.on_soft_reset;
        default:
            return Action::kDestroy;
    }
}

Fate fate_of(Action action) {
    switch (action) {
        case Action::kRestart:
        case Action::kCoredumpRestart:
        case Action::kSoftReset:
            return Fate::kRestart;
        case Action::kRenameRestart:
            return Fate::kRenameAndRestart;
        case Action::kPreserve:
            return Fate::kPreserve;
        case Action::kDestroy:
        case Action::kCoredumpDestroy:
            break;
    }
    return Fate::kDestroy;
}

}  // namespace

std::string reason_text(std::uint32_t code) {
    return code < kReasons.size() ? kReasons[code] : fmt::format("reason {}", code);
}

std::uint32_t reason_code(std::string_view text) {
    for (std::uint32_t code = 0; code < kReasons.size(); ++code) {
        if (text == kReasons[code]) return code;
    }
    constexpr std::string_view kOther = "reason ";
    std::uint32_t code = 0;
    if (text.starts_with(kOther)) {
        std::from_chars(text.data() + kOther.size(), text.data() + text.size(), code);
    }
    return code;
}

Verdict judge(const Policies& policies, std::uint32_t code) {
    Verdict verdict;
    if (code == kSuspend) {
        verdict.fate = Fate::kNothing;
        return verdict;
    }
    auto action = action_for(policies, code);
    verdict.action = config::word(action);
    // Xen on ARM answers ENOSYS to the hypercall behind it.
    if (action == Action::kSoftReset) {
        action = policies.on_reboot == Action::kSoftReset ? Action::kRestart : policies.on_reboot;
        verdict.remark = fmt::format(
            "Xen on ARM cannot reset a domain in place: what on_reboot asks for, {}, is done",
            config::word(action));
    }
    verdict.fate = fate_of(action);
    verdict.dump_core = action == Action::kCoredumpDestroy || action == Action::kCoredumpRestart;
    return verdict;
}

std::string retired_name(std::string_view name, std::int64_t now_ms) {
    const auto seconds = static_cast<std::time_t>(now_ms / 1000);
    std::tm utc{};
    ::gmtime_r(&seconds, &utc);
    return fmt::format("{}-{:04}{:02}{:02}T{:02}{:02}Z", name, utc.tm_year + 1900, utc.tm_mon + 1,
                       utc.tm_mday, utc.tm_hour, utc.tm_min);
}

}  // namespace zeroth::daemon::lives
