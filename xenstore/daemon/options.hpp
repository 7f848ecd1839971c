// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "core/result.hpp"
#include "xenstore/server/store.hpp"

namespace zeroth::xenstored {

/// What the command line says; the reference's letters and names, and some of our own.
struct Options {
    enum class Place { kBackground, kForeground };
    enum class Xen { kUse, kDoWithout };
    enum class Other { kLeave, kReplace };

    Place place = Place::kBackground;
    Xen xen = Xen::kUse;
    /// What to do about an xenstored that runs already.
    Other other = Other::kLeave;
    /// Socket of the simulated machine to use; empty: Xen itself.
    std::string machine;
    std::string socket;
    /// nullopt: nothing is kept.
    std::optional<std::string> journal;
    std::string pid_file;
    std::string trace_file;
    StoreOptions store;
    /// Options that are taken but change nothing, and why; for the log.
    std::vector<std::string> notes;
};

/// Text to print on stdout, and then to end.
using Notice = std::string;

/// An Error is what to say of a command line that cannot be understood.
Result<std::variant<Options, Notice>> parse_options(std::span<char* const> argv);

}  // namespace zeroth::xenstored
