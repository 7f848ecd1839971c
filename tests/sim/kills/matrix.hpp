// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/sim/kills/checks.hpp"
#include "tests/sim/kills/world.hpp"

namespace zeroth::testing {

/// Where xld is killed: at the n-th hypercall (or mapping, or event) of an operation, or at its
/// n-th XenStore request.
struct Kill {
    /// kOperation: the operation itself kills xld, and there is one such kill.
    enum class At { kHypercall, kRequest, kOperation };
    At at = At::kHypercall;
    StoreProxy::When when = StoreProxy::When::kBefore;
    std::uint64_t n = 1;

    std::string text() const;
};

/// An operation, and how to see that it was done wholly or not at all.
struct Operation {
    std::string_view name;
    /// Before xld is told to do it; each time.
    std::function<Result<>(World&)> prepare;
    /// Asks xld, which may be killed meanwhile.
    std::function<void(World&)> run;
    /// Once xld is there again; what is wrong, a sentence each.
    std::function<std::vector<std::string>(World&)> check;
    enum class Killer { kMatrix, kOperation };
    Killer killer = Killer::kMatrix;
};
/// All of them, by name.
const std::vector<Operation>& operations();

/// Which kills there are for an operation: every one, or those that differ in what they find.
enum class Extent { kChosen, kAll };
Result<std::vector<Kill>> kills_of(World& world, const Operation& operation, Extent extent);

/// Kills once, and says what was wrong then.
std::vector<std::string> kill_once(World& world, const Operation& operation, const Kill& kill,
                                   const Baseline& before);

}  // namespace zeroth::testing
