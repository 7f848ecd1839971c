// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <thread>

#include "tests/sim/kills/matrix.hpp"

namespace zeroth::testing {
namespace {

constexpr std::string_view kUsage =
    "usage: xld-kills PROGRAMS [--all] [OPERATION...]\n"
    "Kills xld at each step of the operations (create, destroy, create-connected,\n"
    "destroy-connected, reboot, adopt, console, crash-while-away, reboot-while-away), starts it "
    "again,\n"
    "and looks whether all is as it should be. PROGRAMS is the folder of xld and xenstored. --all "
    "also kills right\n"
    "after each step, and at each request of a transaction.\n";
/// Hosts side by side: a step mostly waits for programs to start.
constexpr std::size_t kWorlds = 3;

using Clock = std::chrono::steady_clock;

struct Options {
    std::string programs;
    Extent extent = Extent::kChosen;
    std::vector<const Operation*> operations;
};

/// What all hosts share.
struct Progress {
    std::mutex mutex;
    unsigned done = 0, failed = 0;
    /// How long the slowest kill of each operation took, and which it was.
    std::map<const Operation*, std::pair<Clock::duration, std::string>> slowest;

    void tell(const Operation& operation, const Kill& kill, Clock::duration took,
              const std::vector<std::string>& complaints) {
        const std::scoped_lock lock{mutex};
        ++done;
        auto& slow = slowest[&operation];
        slow = std::max(slow, {took, kill.text()});
        if (complaints.empty()) return;
        ++failed;
        fmt::print("not ok - {}, killed {}\n", operation.name, kill.text());
        for (const auto& complaint : complaints) fmt::print("#   {}\n", complaint);
        std::fflush(stdout);
    }
    void give_up(std::string_view why) {
        const std::scoped_lock lock{mutex};
        ++failed;
        fmt::print("not ok - {}\n", why);
    }
};

/// One host, for every `kWorlds`-th kill of each operation.
Result<> run_world(std::size_t number, const Options& options, Progress& progress) {
    ZEROTH_TRY(const auto world, World::create(options.programs, {}));
    ZEROTH_CHECK(world->start_xld());
    const auto before = baseline_of(*world);
    for (const auto* operation : options.operations) {
        ZEROTH_TRY(const auto kills, kills_of(*world, *operation, options.extent));
        for (std::size_t i = number; i < kills.size(); i += kWorlds) {
            const auto begun = Clock::now();
            const auto complaints = kill_once(*world, *operation, kills[i], before);
            progress.tell(*operation, kills[i], Clock::now() - begun, complaints);
            // What is wrong once would be found again and again.
            if (!complaints.empty()) return fail("the rest is left out on this host");
        }
        if (number == 0) {
            fmt::print("ok - {}: {} kills\n", operation->name, kills.size());
            std::fflush(stdout);
        }
    }
    return {};
}

int run(const Options& options) {
    Progress progress;
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < kWorlds; ++i) {
        threads.emplace_back([&, i] {
            if (const auto ran = run_world(i, options, progress); !ran) {
                progress.give_up(ran.error().text());
            }
        });
    }
    for (auto& thread : threads) thread.join();
    for (const auto& [operation, slow] : progress.slowest) {
        fmt::print("# {}: the slowest took {:.1f} s: {}\n", operation->name,
                   std::chrono::duration<double>(slow.first).count(), slow.second);
    }
    fmt::print("{} kills, {} failed\n", progress.done, progress.failed);
    return progress.failed == 0 && progress.done > 0 ? 0 : 1;
}

int main_of(const std::vector<std::string>& words) {
    Options options;
    for (const auto& word : words) {
        const auto named = std::ranges::find(operations(), word, &Operation::name);
        if (word == "--all") {
            options.extent = Extent::kAll;
        } else if (named != operations().end()) {
            options.operations.push_back(&*named);
        } else if (options.programs.empty()) {
            options.programs = word;
        } else {
            options.programs.clear();
            break;
        }
    }
    if (options.programs.empty()) {
        fmt::print(stderr, "{}", kUsage);
        return 2;
    }
    if (options.operations.empty()) {
        for (const auto& operation : operations()) options.operations.push_back(&operation);
    }
    return run(options);
}

}  // namespace
}  // namespace zeroth::testing

int main(int argc, char** argv) {
    ::signal(SIGPIPE, SIG_IGN);
    return zeroth::testing::main_of({argv + 1, argv + argc});
}
