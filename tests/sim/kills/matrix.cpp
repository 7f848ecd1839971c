// SPDX-License-Identifier: Apache-2.0
#include "tests/sim/kills/matrix.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <deque>
#include <fstream>

namespace zeroth::testing {
namespace {

/// Of the requests inside a transaction, which is undone as a whole, one in so many is chosen.
constexpr std::uint64_t kStride = 48;
/// Of more hypercalls than these, and of more requests outside of transactions, so many are chosen,
/// evenly.
constexpr std::uint64_t kChosenCalls = 24, kChosenRequests = 24;

/// Every so many-th of `count` are `chosen` or a few more.
std::uint64_t step_of(std::uint64_t count, std::uint64_t chosen) {
    return std::max<std::uint64_t>(count / chosen, 1);
}

Result<std::uint64_t> uses_of_xld(World& world) {
    ZEROTH_TRY(const auto text, world.tell_machine("uses xld"));
    std::uint64_t uses = 0;
    std::from_chars(text.data(), text.data() + text.size(), uses);
    return uses;
}

Result<> arm(World& world, const Kill& kill) {
    if (kill.at == Kill::At::kOperation) return {};
    if (kill.at == Kill::At::kRequest) {
        world.proxy().arm(world.xld_pid(), kill.when, kill.n);
        return {};
    }
    const bool before = kill.when == StoreProxy::When::kBefore;
    ZEROTH_CHECK(
        world.tell_machine(fmt::format("kill xld {} {}", before ? "before" : "after", kill.n)));
    return {};
}

void append(std::vector<std::string>& to, std::vector<std::string> from) {
    to.insert(to.end(), from.begin(), from.end());
}

/// What is still wrong once xld has had time to do what it does by itself. It is asked until there
/// is nothing, and not once more: xld may be about to begin another life.
std::vector<std::string> settled_contradictions(World& world) {
    std::vector<std::string> complaints;
    soon([&] {
        complaints = contradictions(world);
        return complaints.empty();
    });
    return complaints;
}

/// What xld said last, for who has to find out why.
void append_last_words(std::vector<std::string>& complaints, const World& world) {
    constexpr std::size_t kLines = 30;
    std::deque<std::string> last;
    std::ifstream log{world.path("xld.log")};
    for (std::string line; std::getline(log, line);) {
        last.push_back("xld: " + line);
        if (last.size() > kLines) last.pop_front();
    }
    complaints.insert(complaints.end(), last.begin(), last.end());
}

/// Whether xld was killed, and is back.
Result<> kill_and_start_anew(World& world, const Operation& operation, const Kill& kill) {
    ZEROTH_CHECK(operation.prepare(world));
    ZEROTH_CHECK(arm(world, kill));
    operation.run(world);
    // An operation may have less to do than when it was measured: then the kill is not due.
    const bool killed = soon([&] { return !world.xld_runs(); }, 1);
    world.proxy().disarm();
    ZEROTH_CHECK(world.tell_machine("clear"));
    if (killed) return world.start_xld();
    return {};
}

}  // namespace

std::string Kill::text() const {
    if (at == At::kOperation) return "once";
    return fmt::format("{} {} {}", when == StoreProxy::When::kBefore ? "before" : "after",
                       at == At::kHypercall ? "hypercall" : "request", n);
}

Result<std::vector<Kill>> kills_of(World& world, const Operation& operation, Extent extent) {
    if (operation.killer == Operation::Killer::kOperation) {
        return std::vector{Kill{Kill::At::kOperation, StoreProxy::When::kBefore, 1}};
    }
    ZEROTH_CHECK(operation.prepare(world));
    ZEROTH_TRY(const auto before, uses_of_xld(world));
    world.proxy().take_seen();
    operation.run(world);
    ZEROTH_TRY(const auto after, uses_of_xld(world));
    const auto requests = world.proxy().take_seen();
    static_cast<void>(operation.check(world));
    std::vector<Kill> kills;
    const auto add = [&](Kill::At at, std::uint64_t n) {
        kills.push_back({at, StoreProxy::When::kBefore, n});
        if (extent == Extent::kAll) kills.push_back({at, StoreProxy::When::kAfter, n});
    };
    const auto calls = after - before;
    const auto step = extent == Extent::kAll ? 1 : step_of(calls, kChosenCalls);
    for (std::uint64_t n = 1; n <= calls; n += step) add(Kill::At::kHypercall, n);
    const auto stride = step_of(requests.size(), kChosenRequests);
    for (std::uint64_t n = 1; n <= requests.size(); ++n) {
        const auto& request = requests[n - 1];
        const bool end = request.type == xs::MessageType::kTransactionEnd;
        const bool chosen = end || n % (request.in_transaction ? kStride : stride) == 0;
        if (chosen || extent == Extent::kAll) add(Kill::At::kRequest, n);
        // The one request of which it matters that it was carried out and not answered.
        if (end && extent == Extent::kChosen) {
            kills.push_back({Kill::At::kRequest, StoreProxy::When::kAfter, n});
        }
    }
    return kills;
}

std::vector<std::string> kill_once(World& world, const Operation& operation, const Kill& kill,
                                   const Baseline& before) {
    std::vector<std::string> complaints;
    if (const auto done = kill_and_start_anew(world, operation, kill); !done) {
        complaints.push_back(done.error().text());
    } else {
        append(complaints, settled_contradictions(world));
        append(complaints, operation.check(world));
        append(complaints, settled_contradictions(world));
        append(complaints, leftovers(world, before));
    }
    if (!complaints.empty()) append_last_words(complaints, world);
    return complaints;
}

}  // namespace zeroth::testing
