// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/ids.hpp"
#include "core/result.hpp"
#include "core/uuid.hpp"
#include "libdomain/config/domain_config.hpp"

namespace zeroth::daemon::lives {

/// What to do when a domain shuts down, by its reason.
struct Policies {
    config::Action on_poweroff = config::Action::kDestroy, on_reboot = config::Action::kRestart,
                   on_watchdog = config::Action::kDestroy, on_crash = config::Action::kDestroy,
                   on_soft_reset = config::Action::kSoftReset;

    friend bool operator==(const Policies&, const Policies&) = default;
};

/// Milliseconds since 1970.
std::int64_t now_ms();

Policies policies_of(const config::DomainConfig& config);

/// Who ends a domain and starts it again.
enum class Keeper {
    kXld,
    /// Somebody else made it, and is left to it: xld only watches.
    kOther,
};

/// What is under way. It is written down before it is begun, so that an xld that comes after a
/// SIGKILL knows what to finish or to undo.
enum class Intent {
    kNone,
    /// Its first life is being made; undone if it is cut short.
    kCreating,
    /// Its last life is over, or about to be, and the next one is to be made.
    kRestarting,
    /// It is to go, and all it left with it.
    kDestroying,
};

/// What xld knows of a domain beside Xen and XenStore. The config is only on disk: a thousand
/// domains are to cost little memory.
struct Record {
    Uuid uuid;
    std::string name;
    /// Of its present life, or of the last where there is none at present.
    DomainId domid;
    Keeper keeper = Keeper::kXld;
    Intent intent = Intent::kNone;
    Policies policies;
    /// Its first life is not to run until somebody unpauses it.
    bool paused = false;
    /// Milliseconds since 1970: of its first life, and of the present one.
    std::int64_t created_ms = 0, born_ms = 0;
    std::uint32_t lives = 1;
    /// Lives in a row, up to the last that ended, that were too short: see damping.hpp.
    std::uint32_t short_lives = 0;
    /// When the last life ended, and why (XEN_SHUTDOWN_*).
    std::optional<std::int64_t> died_ms;
    std::optional<std::uint32_t> last_code;
    /// The next life is not begun before.
    std::int64_t not_before_ms = 0;
    /// The `not_before_ms` that somebody has been told of.
    std::int64_t damping_told = 0;
    /// The UUID that the last life, which is kept, gets before the next one begins.
    std::optional<Uuid> retire_as;
    /// Why the last attempt to start it again failed.
    std::string trouble;
    /// It has shut down, and stays there for somebody to look at.
    bool preserved = false;

    bool between_lives() const { return intent == Intent::kRestarting; }
    friend bool operator==(const Record&, const Record&) = default;
};

/// As it lies on disk: JSON, in one line.
std::string to_text(const Record& record);
Result<Record> parse_record(std::string_view text);

}  // namespace zeroth::daemon::lives
