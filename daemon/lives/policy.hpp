// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/lives/record.hpp"

/// What a shutdown means (reference F.5). Pure.
namespace zeroth::daemon::lives {

/// XEN_SHUTDOWN_* in the words of the config's on_ keys: "poweroff", "crash"; "reason 77" for one
/// that Xen adds some day.
std::string reason_text(std::uint32_t code);

/// The code back from those words; 0 for other words.
std::uint32_t reason_code(std::string_view text);

/// What becomes of the domain that has shut down, once a core dump, if any, is taken.
enum class Fate { kNothing, kDestroy, kRestart, kRenameAndRestart, kPreserve };

struct Verdict {
    Fate fate = Fate::kDestroy;
    bool dump_core = false;
    /// What the config asks for, in its own word; and a sentence where that cannot be done.
    std::string action, remark;
};

/// A domain that suspended itself is left alone: somebody wakes it.
Verdict judge(const Policies& policies, std::uint32_t shutdown_code);

/// "g1-20260131T0930Z": what a domain is called that made room for its next life.
std::string retired_name(std::string_view name, std::int64_t now_ms);

}  // namespace zeroth::daemon::lives
